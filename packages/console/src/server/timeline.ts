/** A stretch of time as a page draws it: leases, the tasks in them, requests as they came, and what a poll would have paid. */
import type { HistoryEntry, Opening, Status } from '@hourglass/operations';
import type { Timeline } from '../model/answers.ts';
import type { ConsoleSource } from '../source.ts';

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  /** Moments that can be seen apart. */
  readonly pixels: number;
}

/** Of one timeline: beyond it the oldest part is not read. */
const MAX_ENTRIES = 60_000;
const PAGE = 1_000;
const MAX_OPENINGS = 2_000;
const HOUR_MS = 3_600_000;

export async function readTimeline(
  source: Pick<ConsoleSource, 'readHistory' | 'readOpenings' | 'shadowOfPoll'>,
  status: Status,
  stretch: Stretch,
): Promise<Timeline> {
  const { fromMs, toMs } = stretch;
  const [{ entries, readFromMs }, openings] = await Promise.all([
    readEntries(source, stretch),
    source.readOpenings({ sinceMs: fromMs, limit: MAX_OPENINGS }),
  ]);
  const now = [...status.waiting, ...status.runs].map(({ acceptedAt }) => Date.parse(acceptedAt));
  const arrivals = [...entries.map(({ acceptedAt }) => Date.parse(acceptedAt)), ...now].sort((a, b) => a - b);
  const pushes = arrivals.filter((atMs) => atMs >= fromMs && atMs <= toMs);
  return {
    fromMs,
    toMs,
    readFromMs,
    leases: [...openings.map(leaseOf), ...leaseOfNow(status)]
      .filter((lease) => lease.fromMs <= toMs)
      .sort((one, other) => one.fromMs - other.fromMs),
    tasks: mergeTasks([...entries.map(taskOf), ...status.runs.map(runOf(status))], stretch),
    pushes: mergePushes(pushes, stretch),
    poll: source
      .shadowOfPoll(arrivals)
      .filter((span) => span.toMs >= fromMs && span.fromMs <= toMs)
      .map((span) => ({ ...span })),
  };
}

async function readEntries(source: Pick<ConsoleSource, 'readHistory'>, { fromMs, toMs }: Stretch) {
  const entries: HistoryEntry[] = [];
  // What ended later may have begun before.
  let beforeMs = toMs + 6 * HOUR_MS;
  while (entries.length < MAX_ENTRIES) {
    const page = await source.readHistory({ sinceMs: fromMs, beforeMs, limit: PAGE });
    entries.push(...page);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return { entries, readFromMs: fromMs };
    beforeMs = Date.parse(last.finishedAt);
  }
  return { entries, readFromMs: beforeMs };
}

function leaseOf({ fence, openedAt, closedAt, failed }: Opening): Timeline['leases'][number] {
  const toMs = Date.parse(closedAt);
  const fromMs = openedAt === null ? toMs : Date.parse(openedAt);
  return { fence, fromMs, toMs, failed, paidUntilMs: fromMs + Math.ceil((toMs - fromMs) / HOUR_MS) * HOUR_MS };
}

/** The stack's birth is not known of an open lease, but its paid hours are whole ones from it. */
function leaseOfNow({ phase, fence, paidUntil, now }: Status): Timeline['leases'] {
  if (phase === 'closed' || paidUntil === null) return [];
  const paidUntilMs = Date.parse(paidUntil);
  const hoursLeft = Math.max(1, Math.ceil((paidUntilMs - Date.parse(now)) / HOUR_MS));
  const fromMs = paidUntilMs - hoursLeft * HOUR_MS;
  return [{ fence, fromMs, toMs: null, failed: false, paidUntilMs }];
}

type Task = Timeline['tasks'][number];

function taskOf({ startedAt, finishedAt, durationSeconds, result, task, requestId }: HistoryEntry): Task | undefined {
  if (result === 'joined') return undefined;
  const toMs = Date.parse(finishedAt);
  const fromMs = startedAt === null ? toMs - (durationSeconds ?? 0) * 1_000 : Date.parse(startedAt);
  return { fromMs, toMs, count: 1, failed: result === 'failed' ? 1 : 0, task, requestId };
}

const runOf =
  ({ now }: Status) =>
  ({ claimedAt, task, requestId }: Status['runs'][number]): Task => ({
    fromMs: Date.parse(claimedAt),
    toMs: Date.parse(now),
    count: 1,
    failed: 0,
    task,
    requestId,
  });

/** So that no more is drawn than can be seen: a task that begins where the last one's end is drawn joins it. */
function mergeTasks(tasks: readonly (Task | undefined)[], { fromMs, toMs, pixels }: Stretch): Task[] {
  const pixelMs = (toMs - fromMs) / pixels;
  const merged: Task[] = [];
  const inside = tasks.filter((task) => task !== undefined && task.toMs >= fromMs && task.fromMs <= toMs) as Task[];
  for (const task of inside.sort((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    const short = last !== undefined && last.toMs - last.fromMs < pixelMs;
    if (last !== undefined && task.fromMs - last.toMs < pixelMs && (short || task.toMs - task.fromMs < pixelMs)) {
      last.toMs = Math.max(last.toMs, task.toMs);
      last.count += task.count;
      last.failed += task.failed;
    } else merged.push({ ...task });
  }
  return merged;
}

function mergePushes(arrivals: readonly number[], { fromMs, toMs, pixels }: Stretch): Timeline['pushes'] {
  const pixelMs = Math.max(1, (toMs - fromMs) / pixels);
  const counts = new Map<number, { atMs: number; count: number }>();
  for (const atMs of arrivals) {
    const pixel = Math.floor((atMs - fromMs) / pixelMs);
    const push = counts.get(pixel) ?? { atMs, count: 0 };
    push.count += 1;
    counts.set(pixel, push);
  }
  return [...counts.values()];
}
