/** By which ways requests come, the last of each, and what was refused. */
import { Doors } from '../../model/answers.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { Age, Moment } from '../parts/time.tsx';
import { useAsked } from '../state/asked.ts';
import { historyTurn, status } from '../state/feed.ts';
import { addressOf } from '../state/route.ts';
import { showReason } from '../words/show-reason.ts';
import { formatMoment, formatNumber, type MessageKey, t } from '../words/words.ts';

export function DoorsView() {
  const turn = `${historyTurn.value} ${status.value?.refused ?? 0}`;
  const { answer, failure, again } = useAsked('/api/doors', Doors, { turn });
  if (failure && !answer) return <Failed failure={failure} again={again} />;
  if (!answer) return <Loading lines={8} />;
  return (
    <>
      <section class="card" aria-labelledby="title">
        <div class="scrolls">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('doors.door')}</th>
                <th scope="col" class="number">
                  {t('doors.deliveries')}
                </th>
                <th scope="col">{t('doors.last')}</th>
              </tr>
            </thead>
            <tbody>
              {answer.doors.map(({ door, deliveries, last }) => (
                <tr key={door} data-door={door}>
                  <th scope="row">{t(`door.${door}` as MessageKey)}</th>
                  <td class="number">{formatNumber(deliveries)}</td>
                  <td>
                    {last === null ? (
                      <span class="muted">{t('doors.never')}</span>
                    ) : (
                      <>
                        <a href={addressOf('requests', last.requestId)}>
                          <Age at={last.at} />
                        </a>{' '}
                        <TaskName task={last.task} />
                        {last.delivery && <span class="id muted"> {last.delivery}</span>}
                      </>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {answer.since && <p class="muted">{t('doors.since', { time: formatMoment(Date.parse(answer.since)) })}</p>}
      </section>
      <section class="card" aria-labelledby="refused">
        <h2 id="refused">{t('doors.refused')}</h2>
        {answer.refused.length === 0 ? (
          <Empty title={t('doors.refused.none')}>{t('doors.refused.what')}</Empty>
        ) : (
          <ul class="list">
            {answer.refused.map(({ messageId, requestId, task, reason, sentAt }) => (
              <li key={messageId}>
                <span class="name">{task ?? requestId ?? messageId}</span>
                <span class="muted aside">
                  <Moment at={sentAt} />
                </span>
                <span class="row-note">{reason === null ? t('failures.noReason') : showReason(reason)}</span>
              </li>
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
