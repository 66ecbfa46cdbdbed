/**
 * `pnpm explore [--requests 1|2] [--faults N] [--pauses N] [--states N] [--whole N] [--no-endpoints]`: the exploration within any bound. Exit 1 on a violation.
 */
import { createCommand } from '../command.ts';
import { readCount } from '../read-count.ts';
import { oneRepository, twoRequests } from './bounds.ts';
import { explore } from './explore.ts';

const { requests, whole, ...rest } = createCommand(
  'explore',
  'Explore every interleaving of the services over one lease, within a bound, and check every state.',
)
  .option('--requests <number>', '1 or 2, of one repository', readCount(1, 2), 2)
  .option('--faults <number>', 'calls that are lost or refused', readCount(0, 9), 0)
  .option('--pauses <number>', 'handlers that are stopped between two calls', readCount(0, 9), 0)
  .option('--no-endpoints', 'a lease of nothing, as the direct carrier has it')
  .option('--whole <number>', 'fail unless every state is reached, and so many at least', readCount(1, 1e9))
  .option('--states <number>', 'states at most', readCount(1, 1e9), 1_000_000)
  .addHelpText(
    'after',
    '\nPrints the counts as JSON, and the way to a violation. Exit status: 0 none, 1 a violation or states short of --whole, 2 bad usage.',
  )
  .parse()
  .opts<Record<'requests' | 'faults' | 'pauses' | 'states', number> & { endpoints: boolean; whole?: number }>();
const bound = { requests: twoRequests(oneRepository).slice(0, requests), fences: 2, ...rest };
const { violation, ...counts } = await explore(bound);
console.log(JSON.stringify({ bound, ...counts, violation }, null, 2));
const isShort = whole !== undefined && (!counts.isExhaustive || counts.states < whole);
if (isShort)
  console.error(`Not every state was reached, or fewer than ${whole}: the world that is explored has changed.`);
process.exitCode = violation || isShort ? 1 : 0;
