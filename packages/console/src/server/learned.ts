/** How long things take here, from what has been seen: the newest of the history. */
import type { HistoryEntry, Opening } from '@hourglass/operations';
import { quantile } from '@hourglass/operations/parts/quantile';
import type { Learned } from '../model/answers.ts';

const MOST_TASKS = 50;

export function learn(entries: readonly HistoryEntry[], openings: readonly Opening[]): Learned {
  const ran = entries.filter(({ result, startedAt }) => result !== 'joined' && startedAt !== null);
  const done = ran.filter(({ result }) => result === 'succeeded');
  const byTask = new Map<string, number[]>();
  for (const entry of done) {
    const seconds = byTask.get(entry.task) ?? [];
    seconds.push(ranSeconds(entry));
    byTask.set(entry.task, seconds);
  }
  const tasks = [...byTask].map(([task, seconds]) => ({
    task,
    count: seconds.length,
    medianSeconds: quantile(seconds, 0.5) ?? 0,
  }));
  return {
    openings: openings.length,
    failedOpenings: openings.filter(({ failed }) => failed).length,
    requestToStart: spread(ran.map(({ acceptedAt, startedAt }) => secondsBetween(acceptedAt, startedAt ?? acceptedAt))),
    requestToMirrored: spread(done.map(({ acceptedAt, finishedAt }) => secondsBetween(acceptedAt, finishedAt))),
    task: spread(done.map(ranSeconds)),
    tasks: tasks.sort((one, other) => other.medianSeconds - one.medianSeconds).slice(0, MOST_TASKS),
  };
}

const ranSeconds = ({ startedAt, finishedAt, durationSeconds }: HistoryEntry): number =>
  durationSeconds ?? secondsBetween(startedAt ?? finishedAt, finishedAt);

const secondsBetween = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1_000);

function spread(seconds: readonly number[]): Learned['task'] {
  const [median, slow] = [quantile(seconds, 0.5), quantile(seconds, 0.95)];
  return median === null || slow === null ? null : { count: seconds.length, median, slow };
}
