/** What the endpoints have cost this month and today against always-on, and how long things take here. */
import { Learning, type LearningCost, type Status } from '@hourglass/operations/model';
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
      <Saved />
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

/** What the lease goes by, and what that has saved over the same requests without it. */
function Saved() {
  const { openings } = status.value?.cost ?? {};
  const { answer, failure, again } = useAsked('/api/learning', Learning, { turn: openings });
  return (
    <section class="card" aria-labelledby="learning">
      <h2 id="learning">{t('learning.title')}</h2>
      {failure && <Failed failure={failure} again={again} />}
      {!answer && !failure && <Loading />}
      {answer && <Estimates learning={answer} />}
      {answer && (answer.cost === null ? <p class="muted">{t('learning.none')}</p> : <Compared cost={answer.cost} />)}
    </section>
  );
}

function Estimates({ learning: { learned, creation } }: { learning: Learning }) {
  const { deletion, task, teardownLead } = learned;
  const estimates = [
    [t('learned.deletion'), deletion],
    [t('learned.taskNow'), task],
  ] as const;
  return (
    <dl class="facts" data-part="estimates">
      <div>
        <dt>{t('learned.creation')}</dt>
        <dd>
          {creation === null ? (
            <span class="muted">{t('learned.unmeasured')}</span>
          ) : (
            <>
              <strong>{formatDuration(creation.median)}</strong>{' '}
              <span class="muted">{t('learned.creations', { n: creation.count })}</span>
            </>
          )}
        </dd>
      </div>
      {estimates.map(([name, estimate]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {estimate === null ? (
              <span class="muted">{t('learned.unmeasured')}</span>
            ) : (
              <>
                <strong>{formatDuration(estimate.usual)}</strong>{' '}
                <span class="muted">{t('learned.give', { duration: formatDuration(estimate.spread) })}</span>
              </>
            )}
          </dd>
        </div>
      ))}
      <div>
        <dt>{t('learned.lead')}</dt>
        <dd>
          <strong>{formatDuration(teardownLead.now)}</strong>{' '}
          {teardownLead.now !== teardownLead.configured && (
            <span class="muted">{t('learned.leadInstead', { duration: formatDuration(teardownLead.configured) })}</span>
          )}
        </dd>
      </div>
    </dl>
  );
}

function Compared({ cost: { requests, endpointHours, savedUsd } }: { cost: LearningCost }) {
  const { learning, forgetting } = endpointHours;
  const isSame = learning.anchored === forgetting.anchored && learning.clock === forgetting.clock;
  const { anchored, clock } = savedUsd;
  return (
    <>
      <p class="muted">{t('learning.what', { n: requests })}</p>
      <dl class="facts" data-part="compared">
        <div>
          <dt>{t('learning.with')}</dt>
          <dd>{t('learning.hours', learning)}</dd>
        </div>
        <div>
          <dt>{t('learning.without')}</dt>
          <dd>{t('learning.hours', forgetting)}</dd>
        </div>
        {!isSame && anchored !== null && clock !== null && (
          <div>
            <dt>{t('learning.saved')}</dt>
            <dd>
              <strong>{t('learning.usd', { anchored: formatUsd(anchored), clock: formatUsd(clock) })}</strong>
            </dd>
          </div>
        )}
      </dl>
      {isSame && <p>{t('learning.same')}</p>}
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
      <details>
        <summary>{t('learned.tasks')}</summary>
        <ul class="list">
          {learned.tasks.map(({ task, count, medianSeconds }) => (
            <li key={task}>
              <TaskName task={task} />
              <span class="aside">{formatDuration(medianSeconds)}</span>
              <span class="row-note muted">{t('learned.count', { n: count })}</span>
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
