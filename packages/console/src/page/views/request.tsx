/** One request's life, from the door to its result: times, attempts, refs, and the log beside them. */
import type { RequestLife } from '@hourglass/operations/model';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Log, Request } from '../../model/answers.ts';
import { Result } from '../parts/result.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { Moment } from '../parts/time.tsx';
import { useAsked } from '../state/asked.ts';
import { historyTurn, status } from '../state/feed.ts';
import { addressOf } from '../state/route.ts';
import { showReason } from '../words/show-reason.ts';
import { showStep } from '../words/show-step.ts';
import { formatBytes, formatClockSeconds, formatNumber, formatUsd, type MessageKey, t } from '../words/words.ts';

export function RequestLifeView({ requestId }: { requestId: string }) {
  const { running = 0, pending = 0 } = status.value ?? {};
  const path = `/api/requests/${encodeURIComponent(requestId)}`;
  const turn = `${historyTurn.value} ${running} ${pending}`;
  const { answer, failure, again } = useAsked(path, Request, { turn });
  if (failure && !answer) return <Failed failure={failure} again={again} />;
  if (!answer) return <Loading lines={8} />;
  if (answer.lives.length === 0) return <Empty title={t('request.none')}>{t('request.none.what')}</Empty>;
  return (
    <div class="life">
      {answer.lives.map((life) => (
        <Life life={life} key={`${life.requestId}${life.acceptedAt}`} />
      ))}
      <TaskLog path={`${path}/log`} turn={turn} />
    </div>
  );
}

function Life({ life }: { life: RequestLife }) {
  return (
    <article class="card" aria-label={t('request.title', { id: life.requestId })}>
      <div class="life-head">
        <Result of={life.state} />
        <TaskName task={life.task} />
        <CopyAddress requestId={life.requestId} />
      </div>
      {life.reason && (
        <p class="reason" data-part="reason">
          {showReason(life.reason)}
        </p>
      )}
      <dl class="facts">
        <Fact name="accepted">
          <Moment at={life.acceptedAt} />
        </Fact>
        {life.startBy && life.finishedAt === null && (
          <Fact name="startBy">
            <Moment at={life.startBy} />
          </Fact>
        )}
        {life.finishedAt && (
          <Fact name="finished">
            <Moment at={life.finishedAt} />
          </Fact>
        )}
        <Fact name="door">{t(life.door === null ? 'door.unknown' : (`door.${life.door}` as MessageKey))}</Fact>
        {life.delivery && <Fact name="delivery">{life.delivery}</Fact>}
        {life.source && <Fact name="source">{life.source}</Fact>}
        {life.destination && <Fact name="destination">{life.destination}</Fact>}
        {life.joins && (
          <Fact name="joins">
            <a href={addressOf('requests', life.joins)}>{life.joins}</a>
          </Fact>
        )}
        {life.replayedAs && (
          <Fact name="replayedAs">
            <a href={addressOf('requests', life.replayedAs)}>{life.replayedAs}</a>
          </Fact>
        )}
        <Fact name="carrier">{t(`carrier.${life.carrier}` as MessageKey)}</Fact>
        {life.fence !== null && <Fact name="fence">{formatNumber(life.fence)}</Fact>}
        {life.carried?.via && <Fact name="via">{life.carried.via}</Fact>}
        {life.carried?.bytes !== undefined && <Fact name="bytes">{formatBytes(life.carried.bytes)}</Fact>}
        {life.shareUsd !== null && <Fact name="share">{formatUsd(life.shareUsd)}</Fact>}
        {life.taskArn && <Fact name="task">{life.taskArn}</Fact>}
      </dl>
      <Steps life={life} />
      <Refs carried={life.carried} />
    </article>
  );
}

/** Addresses, which have a line of their own. */
const long = new Set(['source', 'destination', 'task', 'joins', 'replayedAs']);

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class={long.has(name) ? 'long' : undefined}>
      <dt>{t(`request.${name}` as MessageKey)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Steps({ life: { steps, attempts } }: { life: RequestLife }) {
  return (
    <>
      {steps.length > 0 && (
        <>
          <h2 class="sub">{t('request.steps')}</h2>
          <ol class="steps">
            {steps.map((step) => (
              <li key={`${step.at}${step.what}`}>
                <time dateTime={step.at}>{formatClockSeconds(Date.parse(step.at))}</time>
                <span>{showStep(step)}</span>
              </li>
            ))}
          </ol>
        </>
      )}
      {attempts.length > 0 && (
        <>
          <h2 class="sub">{t('request.attempts')}</h2>
          <ol class="steps">
            {attempts.map(({ token, claimedAt, finishedAt, error }, index) => (
              <li key={token}>
                <time dateTime={claimedAt}>{formatClockSeconds(Date.parse(claimedAt))}</time>
                <span>
                  {t('request.attempt', { n: index + 1 })}
                  {': '}
                  {error === null
                    ? t(finishedAt === null ? 'request.attempt.running' : 'request.attempt.ok')
                    : showReason(error)}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  );
}

function Refs({ carried }: Pick<RequestLife, 'carried'>) {
  const { changes = [], changesOmitted = 0 } = carried ?? {};
  if (changes.length === 0) return null;
  return (
    <>
      <h2 class="sub">{t('request.refs')}</h2>
      <div class="scrolls">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('request.refs.ref')}</th>
              <th scope="col">{t('request.refs.action')}</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ ref, action, from, to, reason }) => (
              <tr key={ref}>
                <td class="id">{ref}</td>
                <td>
                  {t(`ref.${action}` as MessageKey)}{' '}
                  <span class="id muted">{[from, to].map((id) => id?.slice(0, 8) ?? '–').join(' → ')}</span>
                  {reason && <p>{reason}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {changesOmitted > 0 && <p class="muted">{t('request.refs.more', { n: changesOmitted })}</p>}
    </>
  );
}

function TaskLog({ path, turn }: { path: string; turn: unknown }) {
  const { answer, failure, again } = useAsked(path, Log, { turn });
  return (
    <section class="card log-card" aria-labelledby="log">
      <h2 id="log">{t('request.log')}</h2>
      {failure && <Failed failure={failure} again={again} />}
      {!answer && !failure && <Loading />}
      {answer && answer.lines.length === 0 && <Empty title={t('request.log.none')}>{t('request.log.none.what')}</Empty>}
      {answer && answer.lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by the keyboard
        <div class="log" tabIndex={0} role="log" aria-labelledby="log">
          {answer.lines.map(({ at, message }, index) => (
            <div key={index}>
              <time dateTime={at}>{formatClockSeconds(Date.parse(at))}</time>
              <span>{message}</span>
            </div>
          ))}
        </div>
      )}
    </section>
  );
}

function CopyAddress({ requestId }: { requestId: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard?.writeText(`${location.origin}${addressOf('requests', requestId)}`);
    setCopied(true);
  };
  return (
    <button type="button" class="quiet" onClick={() => void copy()}>
      <span role="status">{t(copied ? 'request.copied' : 'request.copy')}</span>
    </button>
  );
}
