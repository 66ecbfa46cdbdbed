/** Day, week or month; the address says which, and where it ends. */
import { Timeline } from '../../model/answers.ts';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { nameLease, nameTask, summarize, TimelineChart } from '../parts/timeline-chart.tsx';
import { useAsked } from '../state/asked.ts';
import { now } from '../state/clock.ts';
import { historyTurn, status } from '../state/feed.ts';
import { addressOf, route, setQuery } from '../state/route.ts';
import { formatDate, formatMoment, type MessageKey, t } from '../words/words.ts';

const HOUR_MS = 3_600_000;
const spans = { day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS, month: 31 * 24 * HOUR_MS } as const;
type Span = keyof typeof spans;
/** So much is left of the future, and the stretch moves on in such steps. */
const ahead = { day: HOUR_MS, week: 6 * HOUR_MS, month: 24 * HOUR_MS } as const;

export function useTimeline(span: Span, endMs: number | undefined) {
  const stepMs = ahead[span] / 12;
  const toMs = endMs ?? Math.ceil((now.value + ahead[span]) / stepMs) * stepMs;
  const path = `/api/timeline?from=${toMs - spans[span]}&to=${toMs}&pixels=1200`;
  const { fence = 0, phase = '', pending = 0, running = 0 } = status.value ?? {};
  const turn = `${historyTurn.value} ${fence} ${phase} ${pending} ${running}`;
  return { ...useAsked(path, Timeline, { turn: endMs === undefined ? turn : '', keep: true }), toMs };
}

export function TimelineView() {
  const { query } = route.value;
  const asked = query.get('span');
  const span: Span = asked === 'week' || asked === 'month' ? asked : 'day';
  const at = Number(query.get('at') ?? Number.NaN);
  const endMs = Number.isFinite(at) && at > 0 ? at : undefined;
  const { answer, failure, again, toMs } = useTimeline(span, endMs);
  const move = (by: number) => {
    const to = toMs + by * spans[span];
    setQuery({ at: to > now.value + spans[span] ? null : String(to) });
  };
  return (
    <section aria-labelledby="title">
      <div class="bar">
        <fieldset class="choice">
          <legend class="unseen">{t('timeline.span')}</legend>
          {(Object.keys(spans) as Span[]).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="span"
                checked={name === span}
                onChange={() => setQuery({ span: name === 'day' ? null : name })}
              />
              <span>{t(`timeline.${name}` as MessageKey)}</span>
            </label>
          ))}
        </fieldset>
        <div class="buttons">
          <button type="button" onClick={() => move(-1)}>
            ← {t('timeline.earlier')}
          </button>
          <button type="button" onClick={() => setQuery({ at: null })} aria-disabled={endMs === undefined}>
            {t('timeline.now')}
          </button>
          <button type="button" onClick={() => move(1)} aria-disabled={endMs === undefined}>
            {t('timeline.later')} →
          </button>
        </div>
        <p class="muted">
          {formatDate(toMs - spans[span])} – {formatDate(toMs)}
        </p>
      </div>
      {failure && <Failed failure={failure} again={again} />}
      {answer ? <Shown timeline={answer} /> : !failure && <Loading lines={6} />}
    </section>
  );
}

function Shown({ timeline }: { timeline: Timeline }) {
  const nothing = timeline.leases.length + timeline.tasks.length + timeline.pushes.length === 0;
  return (
    <div class="card">
      <TimelineChart of={timeline} nowMs={now.value} />
      {nothing ? <Empty title={t('timeline.none')} /> : <p>{summarize(timeline)}</p>}
      {timeline.readFromMs > timeline.fromMs && (
        <p class="muted">{t('timeline.cut', { time: formatMoment(timeline.readFromMs) })}</p>
      )}
      {!nothing && (
        <details>
          <summary>{t('timeline.table')}</summary>
          <ul class="plain">
            {timeline.leases.slice(-100).map((lease) => (
              <li key={lease.fence}>{nameLease(lease)}</li>
            ))}
            {timeline.tasks.slice(-100).map((task) => (
              <li key={`${task.requestId}${task.fromMs}`}>
                {task.count === 1 ? (
                  <a href={addressOf('requests', task.requestId)}>{nameTask(task)}</a>
                ) : (
                  nameTask(task)
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
