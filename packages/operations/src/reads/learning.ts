/** What a deployment has learned, and what that has saved over its newest openings. */
import { endpointPrices } from '@hourglass/cost/prices';
import { costOfLearning } from '../bill/cost-of-learning.ts';
import { readLedger } from '../bill/read-ledger.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { Learning } from '../model/index.ts';
import { quantile } from '../quantile.ts';
import { learnedOf } from '../status/learned.ts';
import { readLeaseStates } from '../status/read-status.ts';

/** Runs that are played again, at most: the newest. */
const MAX_RUNS = 2_000;

export async function readLearning(deployment: Deployment, { sinceMs }: { sinceMs: number }): Promise<Learning> {
  const query = { fromMs: sinceMs, toMs: deployment.nowMs(), account: null, maxRuns: MAX_RUNS };
  const [[{ lease, own }], ledger] = await Promise.all([readLeaseStates(deployment), readLedger(deployment, query)]);
  const creations = ledger.entries.flatMap(({ createSeconds }) => createSeconds ?? []);
  const [median, slow] = [quantile(creations, 0.5), quantile(creations, 0.95)];
  return {
    learned: learnedOf(lease, own.settings),
    creation: median === null || slow === null ? null : { count: creations.length, median, slow },
    cost: costOfLearning(ledger, endpointPrices[deployment.region]?.usdPerHour ?? null),
  };
}
