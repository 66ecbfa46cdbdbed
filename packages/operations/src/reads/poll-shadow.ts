/** What one would have had without Hourglass: endpoints that a poll every half hour deletes, by the same function that `simulate` counts with. */
import { pollEveryHalfHour } from '@hourglass/cost/baselines';
import type { Deployment } from '../deployment/open-deployment.ts';
import { settingsOf } from '../settings.ts';

/** A task of unknown length takes so long; it changes nothing of when the poll deletes. */
const TASK_MS = 90_000;
/** Of a deletion, as `simulate` counts it. */
const DELETE_MS = 120_000;

/** @param arrivalsMs when the requests came, oldest first, epoch milliseconds */
export function shadowOfPoll(
  deployment: Pick<Deployment, 'description'>,
  arrivalsMs: readonly number[],
): { fromMs: number; toMs: number }[] {
  const { createMs } = settingsOf(deployment);
  const durationsMs = arrivalsMs.map(() => TASK_MS);
  const workload = { arrivalsMs, durationsMs, maxDelayMs: createMs, createMs, deleteMs: DELETE_MS };
  return pollEveryHalfHour(workload).spans.map(({ openedAtMs, closedAtMs }) => ({
    fromMs: openedAtMs,
    toMs: closedAtMs,
  }));
}
