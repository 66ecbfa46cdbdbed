/** A stretch of time: leases as bars, the tasks in them, requests as ticks, and as shadows what a poll and always-on would have paid. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Timeline } from '../../model/answers.ts';
import { addressOf, go } from '../state/route.ts';
import { formatClock, formatDuration, formatMoment, formatWeekday, t } from '../words/words.ts';
import { type Bar, layIn, marksOf, type Scale, timeAt, x } from './scale.ts';

const LABEL = 17;
const AXIS = 22;
const GAP = 8;

interface Lane {
  readonly name: string;
  readonly height: number;
}

export function TimelineChart({ of, nowMs, compact = false }: { of: Timeline; nowMs: number; compact?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [pointed, setPointed] = useState<string>();
  useLayoutEffect(() => {
    const watching = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    if (box.current) watching.observe(box.current);
    return () => watching.disconnect();
  }, []);
  const scale: Scale = { fromMs: of.fromMs, toMs: of.toMs, width: Math.max(1, width) };
  const laid = layIn(of.tasks, compact ? 2 : 4);
  const lanes: Lane[] = [
    { name: t('timeline.leases'), height: compact ? 20 : 26 },
    { name: t('timeline.tasks'), height: laid.length * 11 },
    { name: t('timeline.pushes'), height: 16 },
    { name: t('timeline.poll'), height: 8 },
    { name: t('timeline.alwaysOn'), height: 8 },
  ];
  const tops: number[] = [];
  let height = AXIS;
  for (const lane of lanes) {
    tops.push(height + LABEL);
    height += LABEL + lane.height + GAP;
  }
  const [leases = 0, tasks = 0, pushes = 0, poll = 0, always = 0] = tops;
  const { marks, days } = marksOf(scale);
  const at = (ms: number) => x(scale, ms);
  const point = (event: MouseEvent) => {
    const { left } = (event.currentTarget as Element).getBoundingClientRect();
    return describe(of, timeAt(scale, event.clientX - left), (of.toMs - of.fromMs) / scale.width);
  };
  return (
    <div class="chart" ref={box}>
      {width > 0 && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the table below says and links the same
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={summarize(of)}
          onMouseMove={(event) => setPointed(point(event)?.text)}
          onMouseLeave={() => setPointed(undefined)}
          onClick={(event) => {
            const requestId = point(event)?.requestId;
            if (requestId) go(addressOf('requests', requestId));
          }}
        >
          <g class="marks">
            {marks.map((mark) => (
              <g key={mark}>
                <path d={`M${at(mark)} ${AXIS - 4}V${height}`} />
                <text
                  x={at(mark)}
                  y={13}
                  text-anchor={at(mark) < 24 ? 'start' : at(mark) > width - 24 ? 'end' : 'middle'}
                >
                  {days || new Date(mark).getHours() + new Date(mark).getMinutes() === 0
                    ? formatWeekday(mark)
                    : formatClock(mark)}
                </text>
              </g>
            ))}
          </g>
          {lanes.map(({ name }, index) => (
            <text class="lane" x={0} y={(tops[index] ?? 0) - 5} key={name}>
              {name}
            </text>
          ))}
          <path class="paid" d={bars(scale, of.leases.map(paidOf), leases, lanes[0]?.height ?? 0)} />
          <path
            class="lease"
            d={bars(
              scale,
              of.leases.map((lease) => usedOf(lease, nowMs)),
              leases,
              lanes[0]?.height ?? 0,
            )}
          />
          <path
            class="lease-failed"
            d={bars(
              scale,
              of.leases.filter(({ failed }) => failed).map((lease) => usedOf(lease, nowMs)),
              leases,
              lanes[0]?.height ?? 0,
            )}
          />
          {laid.map((lane, index) => (
            <g key={index}>
              <path
                class="task"
                d={bars(
                  scale,
                  lane.filter(({ failed }) => failed === 0),
                  tasks + index * 11,
                  9,
                )}
              />
              <path
                class="task-failed"
                d={bars(
                  scale,
                  lane.filter(({ failed }) => failed > 0),
                  tasks + index * 11,
                  9,
                )}
              />
            </g>
          ))}
          <path
            class="push"
            d={of.pushes
              .map(({ atMs, count }) => `M${at(atMs)} ${pushes + 16}v${-Math.min(16, 7 + 3 * count)}`)
              .join('')}
          />
          <path class="shadow" d={bars(scale, of.poll, poll, 8)} />
          <path class="shadow" d={bars(scale, [{ fromMs: of.fromMs, toMs: Math.min(nowMs, of.toMs) }], always, 8)} />
          {nowMs > of.fromMs && nowMs < of.toMs && <path class="now" d={`M${at(nowMs)} ${AXIS}V${height}`} />}
        </svg>
      )}
      <p class="pointed" aria-hidden="true">
        {pointed ?? ' '}
      </p>
    </div>
  );
}

type Lease = Timeline['leases'][number];
const usedOf = ({ fromMs, toMs }: Lease, nowMs: number): Bar => ({ fromMs, toMs: toMs ?? nowMs });
const paidOf = ({ fromMs, paidUntilMs }: Lease): Bar => ({ fromMs, toMs: paidUntilMs });

/** One path for all: thousands of them are drawn as quickly as one. */
function bars(scale: Scale, spans: readonly Bar[], top: number, height: number): string {
  return spans
    .map(({ fromMs, toMs }) => {
      const left = x(scale, fromMs);
      return `M${left} ${top}h${Math.max(1.5, x(scale, toMs) - left)}v${height}H${left}z`;
    })
    .join('');
}

function describe(of: Timeline, atMs: number, pixelMs: number): { text: string; requestId?: string } | undefined {
  const near = ({ fromMs, toMs }: Bar) => atMs >= fromMs - 3 * pixelMs && atMs <= toMs + 3 * pixelMs;
  const task = of.tasks.find(near);
  const lease = of.leases.find(({ fromMs, paidUntilMs }) => near({ fromMs, toMs: paidUntilMs }));
  const push = of.pushes.find((one) => near({ fromMs: one.atMs, toMs: one.atMs }));
  const parts = [formatMoment(atMs)];
  if (push) parts.push(t('timeline.push', { n: push.count, time: formatMoment(push.atMs) }));
  if (task) parts.push(nameTask(task));
  if (lease) parts.push(nameLease(lease));
  return { text: parts.join(' · '), ...(task?.count === 1 && { requestId: task.requestId }) };
}

export function nameTask({ task, count, fromMs, toMs }: Timeline['tasks'][number]): string {
  const values = { from: formatMoment(fromMs), to: formatMoment(toMs) };
  return count > 1 ? t('timeline.task.many', { ...values, n: count }) : t('timeline.task', { ...values, task });
}

export function nameLease({ fence, fromMs, toMs, paidUntilMs, failed }: Lease): string {
  const n = fence;
  if (failed) return t('timeline.lease.failed', { n });
  if (toMs === null) return t('timeline.lease.open', { n, from: formatMoment(fromMs), to: formatMoment(paidUntilMs) });
  return t('timeline.lease', { n, from: formatMoment(fromMs), to: formatMoment(toMs) });
}

/** What the drawing says, in a sentence. */
export function summarize(of: Timeline): string {
  const inside = (spans: readonly Bar[]) =>
    spans.reduce(
      (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(of.toMs, toMs) - Math.max(of.fromMs, fromMs)),
      0,
    ) / 1_000;
  const count = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0);
  return t('timeline.summary', {
    leases: of.leases.length,
    hours: formatDuration(inside(of.leases.map(paidOf))),
    tasks: count(of.tasks.map((task) => task.count)),
    failed: count(of.tasks.map((task) => task.failed)),
    pushes: count(of.pushes.map((push) => push.count)),
    poll: formatDuration(inside(of.poll)),
    all: formatDuration((of.toMs - of.fromMs) / 1_000),
  });
}
