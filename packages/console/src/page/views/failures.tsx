/** What failed: what rests until somebody replays it, and what failed before; beside the list the life and log of the chosen one. */
import type { DeadLetter } from '@hourglass/operations/model';
import { useState } from 'preact/hooks';
import { Failures } from '../../model/answers.ts';
import { Action } from '../parts/action.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { Age } from '../parts/time.tsx';
import { useAsked } from '../state/asked.ts';
import { historyTurn, status } from '../state/feed.ts';
import { addressOf, route } from '../state/route.ts';
import { mayAct } from '../state/session.ts';
import { showReason } from '../words/show-reason.ts';
import { t } from '../words/words.ts';
import { RequestLifeView } from './request.tsx';

export function FailuresView() {
  const { id } = route.value;
  const { deadLetters = 0, refused = 0 } = status.value ?? {};
  const [acted, setActed] = useState(0);
  const turn = `${historyTurn.value} ${deadLetters} ${refused} ${acted}`;
  const { answer, failure, again } = useAsked('/api/failures?limit=50', Failures, { turn });
  if (failure && !answer) return <Failed failure={failure} again={again} />;
  if (!answer) return <Loading lines={8} />;
  const resting = new Set(answer.letters.map(({ requestId }) => requestId));
  const before = answer.entries.filter(({ requestId }) => !resting.has(requestId));
  const failed = answer.letters.filter(({ kind }) => kind === 'failed');
  const refusedOnes = answer.letters.filter(({ kind }) => kind === 'refused');
  const then = () => setActed((turns) => turns + 1);
  return (
    <div class={id === undefined ? 'split' : 'split split-chosen'}>
      <section class="split-list" aria-labelledby="title">
        {answer.unreadable && (
          <p class="notice notice-bad">{t('failures.unreadable', { message: showReason(answer.unreadable) })}</p>
        )}
        {answer.letters.length + before.length === 0 && (
          <Empty title={t('failures.none')}>{t('failures.none.what')}</Empty>
        )}
        {failed.length > 0 && (
          <>
            <div class="bar">
              <h2>{t('failures.rest')}</h2>
              {failed.length > 1 && (
                <Action
                  asked={{ action: 'replay' }}
                  label={t('failures.replayAll')}
                  done={t('failures.replayed')}
                  then={then}
                  careful
                />
              )}
            </div>
            <ul class="list" data-part="resting">
              {failed.map((letter) => (
                <Letter letter={letter} chosen={letter.requestId === id} then={then} key={letter.messageId} />
              ))}
            </ul>
          </>
        )}
        {refusedOnes.length > 0 && (
          <>
            <h2>{t('failures.refused')}</h2>
            <ul class="list">
              {refusedOnes.map((letter) => (
                <Letter letter={letter} chosen={letter.requestId === id} then={then} key={letter.messageId} />
              ))}
            </ul>
          </>
        )}
        {before.length > 0 && (
          <>
            <h2>{t('failures.before')}</h2>
            <ul class="list">
              {before.map(({ requestId, task, reason, finishedAt }) => (
                <li key={`${requestId}${finishedAt}`} class={requestId === id ? 'chosen' : undefined}>
                  <TaskName task={task} />
                  <a
                    class="muted aside"
                    href={addressOf('failures', requestId)}
                    aria-current={requestId === id ? 'true' : undefined}
                  >
                    <Age at={finishedAt} />
                  </a>
                  <span class="row-note">{reason === null ? t('failures.noReason') : showReason(reason)}</span>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <div class="split-one">
        {id === undefined ? (
          answer.letters.length + before.length > 0 && <p class="muted">{t('failures.choose')}</p>
        ) : (
          <RequestLifeView requestId={id} />
        )}
      </div>
    </div>
  );
}

function Letter({ letter, chosen, then }: { letter: DeadLetter; chosen: boolean; then: () => void }) {
  const { requestId, task, reason, attempts, replays, sentAt, kind } = letter;
  const age = <Age at={sentAt} />;
  return (
    <li class={chosen ? 'chosen' : undefined}>
      {task === null ? <span class="name">{requestId ?? letter.messageId}</span> : <TaskName task={task} />}
      {requestId === null ? (
        <span class="muted aside">{age}</span>
      ) : (
        <a class="muted aside" href={addressOf('failures', requestId)} aria-current={chosen ? 'true' : undefined}>
          {age}
        </a>
      )}
      <span class="row-note">{reason === null ? t('failures.noReason') : showReason(reason)}</span>
      <span class="row-note buttons">
        {kind === 'failed' && task !== null && (
          <Action
            asked={{ action: 'replay', task }}
            label={t('failures.replay')}
            done={t('failures.replayed')}
            then={then}
            primary
          />
        )}
        {requestId !== null && mayAct() && <Discard requestId={requestId} then={then} />}
        {attempts > 0 && <span class="muted">{t('failures.attempts', { n: attempts })}</span>}
        {replays > 0 && <span class="muted">{t('failures.replays', { n: replays })}</span>}
      </span>
    </li>
  );
}

function Discard({ requestId, then }: { requestId: string; then: () => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  if (!open) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        {t('failures.discard')}
      </button>
    );
  }
  return (
    <span class="buttons">
      <label class="field">
        <span class="unseen">{t('failures.discard.why')}</span>
        <input
          value={reason}
          maxLength={500}
          placeholder={t('failures.discard.why')}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      {reason.trim() !== '' && (
        <Action
          asked={{ action: 'discard', requestId, reason: reason.trim() }}
          label={t('failures.discard.do')}
          done={t('failures.discarded')}
          then={then}
        />
      )}
      <button type="button" onClick={() => setOpen(false)}>
        {t('failures.cancel')}
      </button>
    </span>
  );
}
