/** What ECS ran: how many tasks at one time, for whom, and what Fargate bills for them. */
import type { Task } from '@hourglass/cloud';
import type { TableMeter } from './table-meter.ts';

/** Fargate bills at least this. https://aws.amazon.com/fargate/pricing/ */
const LEAST_BILLED_MS = 60_000;

/** The greatest number of spans that overlap; one that ends at the moment in which another begins does not. */
export function mostAtOnce(spans: readonly (readonly [fromMs: number, untilMs: number])[]): number {
  const changes = spans.flatMap(([fromMs, untilMs]) => [
    { atMs: fromMs, by: 1 },
    { atMs: untilMs, by: -1 },
  ]);
  let [now, most] = [0, 0];
  for (const { by } of changes.sort((a, b) => a.atMs - b.atMs || a.by - b.by)) {
    now += by;
    most = Math.max(most, now);
  }
  return most;
}

export function spanOf({ createdAtMs, stoppedAtMs }: Task): [number, number] {
  return [createdAtMs, stoppedAtMs ?? Number.POSITIVE_INFINITY];
}

/** The most tasks that one repository had at one time. */
export function mostPerRepository(tasks: readonly Task[], works: TableMeter['works']): number {
  const spans = new Map<string, [number, number][]>();
  for (const task of tasks) {
    for (const taskKey of carriedBy(task, works)) {
      const own = spans.get(taskKey) ?? [];
      own.push(spanOf(task));
      spans.set(taskKey, own);
    }
  }
  return Math.max(0, ...[...spans.values()].map(mostAtOnce));
}

function carriedBy({ startedBy = '' }: Task, works: TableMeter['works']): string[] {
  const tokens = [startedBy, ...(works.get(startedBy)?.members ?? [])];
  return tokens.map((token) => works.get(token)?.taskKey ?? `unknown ${token}`);
}

/** Seconds that Fargate bills for a task of this length. AWS counts from the image's pull; here from RunTask, some seconds more. */
export function billedSeconds(durationMs: number): number {
  return Math.ceil(Math.max(durationMs, LEAST_BILLED_MS) / 1000);
}
