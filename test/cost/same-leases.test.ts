/**
 * The simulator's leases are those that the full services make of the same pushes: real templates, bundles and SDK clients in the
 * simulated AWS, lease by lease. What a deployment does by default is in ../scenarios/defaults.test.ts.
 */
import { MINUTE_MS } from '@hourglass/lease';
import { it } from 'vitest';
import { expectSimulated, liveThrough } from './pallets-month.ts';

it('lease by lease, with a delay of an hour', async () => {
  const maxDelayMs = 60 * MINUTE_MS;
  expectSimulated(await liveThrough(maxDelayMs), 'hourglass', 'anchored', maxDelayMs);
});
