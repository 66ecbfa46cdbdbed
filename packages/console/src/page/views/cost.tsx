/** What the endpoints have cost this month and today against always-on, and how long things take here. */
import type { Status } from '@hourglass/operations/model';
import { Cost, Learned } from '../../model/answers.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { useAsked } from '../state/asked.ts';
import { historyTurn, status } from '../state/feed.ts';
import { formatDate, formatDuration, formatShare, formatUsd, t } from '../words/words.ts';

export function CostView() {
  return (
    <>
      {status.value === undefined ? <Loading /> : <Month cost={status.value.cost} />}
      <LearnedTimes />
    </>
  );
}

function Month({ cost }: Pick<Status, 'cost'>) {
  const { since, openings, endpointHours, usd, priceConfirmedOn } = cost;
  const { answer } = useAsked('/api/cost', Cost, {
    turn: `${historyTurn.value} ${openings} ${endpointHours.anchored}`,
  });
  return (
    <section class="card" aria-labelledby="month">
      <h2 id="month">{t('cost.month', { time: formatDate(Date.parse(since)) })}</h2>
      <Bars cost={cost} />
      <h2>{t('cost.today')}</h2>
      {answer ? <Bars cost={answer.today} /> : <Loading lines={2} />}
      <p class="muted">
        {usd !== null && t('cost.readings', { usd: formatUsd(usd.clock) })}{' '}
        {usd !== null &&
          (priceConfirmedOn === null
            ? t('cost.price.remembered')
            : t('cost.price.confirmed', { date: formatDate(Date.parse(priceConfirmedOn)) }))}
      </p>
    </section>
  );
}

function Bars({ cost: { openings, endpointHours, usd, alwaysOnUsd } }: Pick<Status, 'cost'>) {
  const counted = `${t('cost.openings', { n: openings })}, ${t('cost.hours', { n: endpointHours.anchored })}`;
  if (usd === null || alwaysOnUsd === null) {
    return (
      <p>
        {t('cost.price.none')} {counted}
      </p>
    );
  }
  const most = Math.max(usd.anchored, alwaysOnUsd, 0.000_001);
  const bars = [
    { name: t('cost.own'), usd: usd.anchored, own: true },
    { name: t('cost.alwaysOn'), usd: alwaysOnUsd, own: false },
  ];
  return (
    <>
      {alwaysOnUsd > usd.anchored && (
        <p class="big">
          {formatShare(1 - usd.anchored / alwaysOnUsd)} {t('cost.saved')}
        </p>
      )}
      <dl class="bars">
        {bars.map((bar) => (
          <div key={bar.name}>
            <dt>{bar.name}</dt>
            <dd>
              <span
                class={bar.own ? 'bar-own' : 'bar-other'}
                style={{ inlineSize: `${Math.max(0.5, (bar.usd / most) * 100)}%` }}
              />
              <strong>{formatUsd(bar.usd)}</strong>
              {bar.own && <span class="muted">{counted}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function LearnedTimes() {
  const { answer, failure, again } = useAsked('/api/learned', Learned, { turn: historyTurn.value });
  return (
    <section class="card" aria-labelledby="learned">
      <h2 id="learned">{t('learned.title')}</h2>
      {failure && <Failed failure={failure} again={again} />}
      {!answer && !failure && <Loading />}
      {answer && <Times learned={answer} />}
    </section>
  );
}

function Times({ learned }: { learned: Learned }) {
  if (learned.task === null && learned.requestToStart === null)
    return <Empty title={t('learned.none')}>{t('learned.what')}</Empty>;
  const spreads = [
    [t('learned.toStart'), learned.requestToStart],
    [t('learned.toMirrored'), learned.requestToMirrored],
    [t('learned.task'), learned.task],
  ] as const;
  return (
    <>
      <dl class="facts">
        {spreads.map(
          ([name, spread]) =>
            spread && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <strong>{formatDuration(spread.median)}</strong> {t('learned.usual')}
                  <br />
                  <span class="muted">
                    {t('learned.slow')} {formatDuration(spread.slow)} ({t('learned.count', { n: spread.count })})
                  </span>
                </dd>
              </div>
            ),
        )}
      </dl>
      <p class="muted">{t('learned.openings', { n: learned.openings, failed: learned.failedOpenings })}</p>
      <h3>{t('learned.tasks')}</h3>
      <ul class="list">
        {learned.tasks.map(({ task, count, medianSeconds }) => (
          <li key={task}>
            <TaskName task={task} />
            <span class="aside">{formatDuration(medianSeconds)}</span>
            <span class="row-note muted">{t('learned.count', { n: count })}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
