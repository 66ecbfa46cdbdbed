/**
 * `pnpm explore [--requests 1|2] [--faults N] [--pauses N] [--states N] [--no-endpoints]`: the exploration within any bound. Exit 1 on a violation.
 */
import { Command } from 'commander';
import { readCount } from '../read-count.ts';
import { oneRepository, twoRequests } from './bounds.ts';
import { explore } from './explore.ts';

const { requests, ...rest } = new Command('pnpm explore')
  .description('Explore every interleaving of the services over one lease, within a bound, and check every state.')
  .option('--requests <number>', '1 or 2, of one repository', readCount(1, 2), 2)
  .option('--faults <number>', 'calls that are lost or refused', readCount(0, 9), 0)
  .option('--pauses <number>', 'handlers that are stopped between two calls', readCount(0, 9), 0)
  .option('--no-endpoints', 'a lease of nothing, as the direct carrier has it')
  .option('--states <number>', 'states at most', readCount(1, 1e9), 1_000_000)
  .addHelpText(
    'after',
    '\nPrints the counts as JSON, and the way to a violation. Exit status: 0 none, 1 a violation, 2 bad usage.',
  )
  .allowExcessArguments(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
  .parse()
  .opts<Record<'requests' | 'faults' | 'pauses' | 'states', number> & { endpoints: boolean }>();
const bound = { requests: twoRequests(oneRepository).slice(0, requests), fences: 2, ...rest };
const { violation, ...counts } = await explore(bound);
console.log(JSON.stringify({ bound, ...counts, violation }, null, 2));
process.exitCode = violation ? 1 : 0;
