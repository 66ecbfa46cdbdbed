/** The first page: how it stands, what happens next, what came of the latest. Made to be left open. */
import type { Status } from '@hourglass/operations/model';
import { HistoryPage } from '../../model/answers.ts';
import { Action } from '../parts/action.tsx';
import { Hourglass, minutesLeft } from '../parts/hourglass.tsx';
import { Result } from '../parts/result.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { Age } from '../parts/time.tsx';
import { TimelineChart } from '../parts/timeline-chart.tsx';
import { useAsked } from '../state/asked.ts';
import { now } from '../state/clock.ts';
import { historyTurn, status } from '../state/feed.ts';
import { addressOf } from '../state/route.ts';
import { showReason } from '../words/show-reason.ts';
import { formatDuration, formatNear, formatShare, formatUsd, type MessageKey, t } from '../words/words.ts';
import { useTimeline } from './timeline.tsx';

export function OverviewView() {
  const { value } = status;
  if (value === undefined) return <Loading lines={8} />;
  return (
    <div class="overview">
      <Lease status={value} />
      <Tiles status={value} />
      <LastDay />
      <Work status={value} />
      <Lately />
      {(value.alarms === null || value.alarms.length === 0) && (
        <p class="muted wide">{t(value.alarms === null ? 'alarm.unknown' : 'alarm.none')}</p>
      )}
    </div>
  );
}

function Lease({ status: value }: { status: Status }) {
  const { phase, fence, paused, closeAsked, paidUntil } = value;
  const minutes = minutesLeft(value, now.value);
  return (
    <section class="card lease-card" aria-labelledby="lease">
      <Hourglass status={value} />
      <div class="lease-words">
        <p class="eyebrow">
          <span class={`phase phase-${phase}`}>{t(`phase.${phase}` as MessageKey)}</span>
          {fence > 0 && <span class="muted">{t('hourglass.fence', { n: fence })}</span>}
        </p>
        <h2 id="lease" class="big">
          {minutes === undefined ? t(`phase.${phase}.what` as MessageKey) : t('hourglass.left', { n: minutes })}
        </h2>
        {paidUntil !== null && (
          <p class="muted">
            {t('hourglass.leftLong', { time: formatNear(Date.parse(paidUntil), now.value) })}
            {' · '}
            {t(`phase.${phase}.what` as MessageKey)}
          </p>
        )}
        <Next status={value} />
        {paused.since !== null && (
          <p class="notice">{t('paused.all', { time: formatNear(Date.parse(paused.since), now.value) })}</p>
        )}
        {paused.tasks.length > 0 && <p class="muted">{t('paused.tasks', { n: paused.tasks.length })}</p>}
        {closeAsked && <p class="muted">{t('close.asked')}</p>}
        <div class="buttons">
          {paused.since === null ? (
            <Action asked={{ action: 'pause' }} label={t('action.pause')} />
          ) : (
            <Action asked={{ action: 'resume' }} label={t('action.resume')} primary />
          )}
          {phase === 'open' && !closeAsked && <Action asked={{ action: 'close' }} label={t('action.close')} careful />}
        </div>
      </div>
    </section>
  );
}

function Next({ status: { next } }: { status: Status }) {
  const seconds = next.at === null ? undefined : (Date.parse(next.at) - now.value) / 1_000;
  const when =
    next.at === null || seconds === undefined
      ? next.code === 'nothing' || next.code === 'paused'
        ? undefined
        : t('next.undated')
      : seconds < 5
        ? t('next.now')
        : `${t('next.at', { time: formatNear(Date.parse(next.at), now.value) })}, ${t('next.in', { duration: formatDuration(seconds < 3_600 ? Math.ceil(seconds / 5) * 5 : seconds) })}`;
  return (
    <p class="next">
      <span class="next-title">{t('next.title')}</span> {t(`next.${next.code}` as MessageKey)}
      {when && <span class="muted"> {when}</span>}
    </p>
  );
}

function Tiles({ status: value }: { status: Status }) {
  const { pending, running, deadLetters, refused, held, undelivered, unhandled, cost } = value;
  const usd = cost.usd?.anchored;
  return (
    <section class="tiles" aria-label={t('page.overview')}>
      <Tile
        label={t('tile.waiting')}
        value={pending}
        note={held > 0 ? t('tile.held', { n: held }) : undefined}
        href="/#work"
      />
      <Tile label={t('tile.running')} value={running} href="/#work" />
      <Tile label={t('tile.failed')} value={deadLetters} bad={deadLetters > 0} href={addressOf('failures')} />
      <Tile label={t('tile.refused')} value={refused} bad={refused > 0} href={addressOf('doors')} />
      {undelivered + unhandled > 0 && (
        <Tile label={t('tile.lost')} value={undelivered + unhandled} bad href={addressOf('failures')} />
      )}
      <Tile
        label={t('tile.cost')}
        value={usd === undefined ? '–' : formatUsd(usd)}
        href={addressOf('cost')}
        note={
          usd === undefined || cost.alwaysOnUsd === null
            ? t('tile.cost.unknown', { n: cost.endpointHours.anchored })
            : `${t('tile.cost.against', { usd: formatUsd(cost.alwaysOnUsd) })}${
                cost.alwaysOnUsd > usd
                  ? `, ${t('tile.cost.saved', { share: formatShare(1 - usd / cost.alwaysOnUsd) })}`
                  : ''
              }`
        }
      />
    </section>
  );
}

interface TileProps {
  readonly label: string;
  readonly value: number | string;
  readonly note?: string | undefined;
  readonly bad?: boolean;
  readonly href: string;
}

function Tile({ label, value, note, bad = false, href }: TileProps) {
  return (
    <a class={bad ? 'tile tile-bad' : 'tile'} href={href}>
      <span class="tile-label">{label}</span>
      <strong class="tile-value">{value}</strong>
      {note && <span class="muted">{note}</span>}
    </a>
  );
}

function LastDay() {
  const { answer, failure, again } = useTimeline('day', undefined);
  return (
    <section class="card wide" aria-labelledby="last24">
      <h2 id="last24">
        <a href={addressOf('timeline')}>{t('timeline.last24')}</a>
      </h2>
      {failure && <Failed failure={failure} again={again} />}
      {answer ? <TimelineChart of={answer} nowMs={now.value} compact /> : !failure && <Loading lines={5} />}
    </section>
  );
}

function Work({ status: { waiting, runs, pending, running } }: { status: Status }) {
  const more = pending + running - waiting.length - runs.length;
  return (
    <section class="card" aria-labelledby="work" data-part="work">
      <h2 id="work">{t('work.title')}</h2>
      {waiting.length + runs.length === 0 ? (
        <Empty title={t('work.none')}>{t('work.none.what')}</Empty>
      ) : (
        <ul class="list">
          {runs.map(({ task, requestId, claimedAt, again }) => (
            <li key={requestId}>
              <Result of="running" />
              <TaskName task={task} />
              <a class="muted aside" href={addressOf('requests', requestId)}>
                {t('work.runningFor', { duration: formatDuration((now.value - Date.parse(claimedAt)) / 1_000) })}
              </a>
              {again && <span class="muted row-note">{t('work.again')}</span>}
            </li>
          ))}
          {waiting.map(({ task, requestId, startBy, held, attempts, lastError, notBefore }) => (
            <li key={requestId}>
              <Result of={held ? 'held' : 'waiting'} />
              <TaskName task={task} />
              <a class="muted aside" href={addressOf('requests', requestId)}>
                {notBefore !== null && Date.parse(notBefore) > now.value
                  ? t('work.retry', { time: formatNear(Date.parse(notBefore), now.value) })
                  : t('work.startBy', { time: formatNear(Date.parse(startBy), now.value) })}
              </a>
              {attempts > 0 && (
                <span class="muted row-note">
                  {t('work.attempt', { n: attempts })}
                  {lastError && `: ${showReason(lastError)}`}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {more > 0 && <p class="muted">{t('work.more', { n: more })}</p>}
    </section>
  );
}

function Lately() {
  const { answer, failure, again } = useAsked('/api/history?limit=8', HistoryPage, { turn: historyTurn.value });
  const entries = answer?.entries ?? [];
  return (
    <section class="card" aria-labelledby="lately" data-part="lately">
      <h2 id="lately">{t('lately.title')}</h2>
      {failure && <Failed failure={failure} again={again} />}
      {!answer && !failure && <Loading />}
      {answer && entries.length === 0 && <Empty title={t('lately.none')}>{t('lately.none.what')}</Empty>}
      <ul class="list">
        {entries.map(({ requestId, task, result, finishedAt, reason }) => (
          <li key={`${requestId}${finishedAt}`}>
            <Result of={result} />
            <TaskName task={task} />
            <a class="muted aside" href={addressOf('requests', requestId)}>
              <Age at={finishedAt} />
            </a>
            {reason && result === 'failed' && <span class="row-note">{showReason(reason)}</span>}
          </li>
        ))}
      </ul>
      {entries.length > 0 && (
        <p>
          <a href={addressOf('requests')}>{t('lately.all')}</a>
        </p>
      )}
    </section>
  );
}
