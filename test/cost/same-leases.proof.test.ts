/** As `same-leases.test.ts`, where nothing may wait: far more leases. */
import { it } from 'vitest';
import { expectSimulated, liveThrough } from './pallets-month.ts';

it('lease by lease, without a delay', async () => {
  expectSimulated(await liveThrough(0), 'hourglass', 'anchored', 0);
});
