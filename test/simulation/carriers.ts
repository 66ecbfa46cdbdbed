/** What carries mirrors in a simulation: tasks alone, the direct carrier alone, or some repositories by each. */
import type { Cloud } from '@hourglass/cloud';
import type { DirectFates } from './faults/direct.ts';
import { createDestinationServer } from './git/destination-server.ts';
import { createSourceServer } from './git/source-server.ts';
import { DIRECT_LEASE_ID, TABLE } from './names.ts';
import { createRandom } from './random.ts';
import type { Sources } from './sources.ts';

export const CARRIERS = ['fargate', 'direct', 'mixed'] as const;
export type Carriers = (typeof CARRIERS)[number];

export interface DirectOptions {
  seed: number;
  carriers: Exclude<Carriers, 'fargate'>;
  fates: DirectFates | undefined;
  /** CodeCommit was sent a pack that is broken. */
  onBroken(repository: string, why: string): void;
}

/** Of a deployment that has the direct carrier: the repositories that go by it, and the git servers that its functions speak with. */
export function carryDirectly(
  cloud: Cloud,
  sources: Sources,
  { seed, carriers, fates, onBroken }: DirectOptions,
): void {
  const random = createRandom(seed, 'carriers');
  const delays = createRandom(seed, 'git');
  const some = random.pick([['app'], ['app', 'web'], ['web', 'docs'], ['docs']]);
  // As it is deployed, all are carried directly.
  if (carriers === 'mixed') {
    cloud.functions.find(`${TABLE}-intake`).configure({
      CARRIERS: JSON.stringify({ carrier: 'fargate', others: some, directLeaseId: DIRECT_LEASE_ID }),
    });
  }
  const delayMs = () => delays.between(20, 400);
  const isThere = (repository: string) => cloud.parts.codecommit.repositories().has(repository);
  const source = createSourceServer({ sources, fateOf: () => fates?.source(), delayMs });
  const destination = createDestinationServer({
    sources,
    isThere,
    fateOf: (isPush) => fates?.destination(isPush),
    delayMs,
    onBroken,
  });
  cloud.otherHosts.set('git.test', source);
  cloud.otherHosts.set(`git-codecommit.${cloud.region}.amazonaws.com`, destination);
}
