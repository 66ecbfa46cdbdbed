/**
 * `pnpm bench:load`: a burst of requests for many repositories through the whole deployment, beside one of a tenth, so that what grows is seen.
 * Status 0: every condition holds. 1: one does not. 2: bad usage.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { Command } from 'commander';
import { readCount } from '../../read-count.ts';
import { LEASE_ID } from '../../simulation/names.ts';
import { growthOf, judge, judgeGrowth } from './conditions.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { runLoad } from './run-load.ts';
import { describeConditions, describeGrowth, describeOutcomes } from './table.ts';

/** How much smaller the burst is that the asked one is compared with. */
const SMALLER = 10;
/** So that each batch of the smaller burst is for 24 repositories too: requests for the same one cost less. */
const LEAST_REPOSITORIES = 24 * SMALLER;

interface Options {
  requests: number;
  repositories: number;
  mirrorSeconds: number;
  open?: true;
  json?: true;
}

function readOptions(): Options {
  return new Command('pnpm bench:load')
    .description(
      'Send requests for many repositories within one virtual minute, through the synthesized deployment in the simulated AWS, ' +
        'and a tenth of them for a tenth of the repositories beside it.',
    )
    .option('--requests <number>', 'sent within the minute', readCount(100, 1e6), 10_000)
    .option('--repositories <number>', 'that they are for, in turn', readCount(LEAST_REPOSITORIES, 1e5), 500)
    .option('--mirror-seconds <number>', 'the median that a repository takes in its task', readCount(1, 600), 5)
    .option('--open', 'the endpoints are open when the minute begins; else the first request opens them')
    .option('--json', 'print the outcome as one JSON object')
    .addHelpText('after', '\nExit status: 0 every condition holds, 1 one does not, 2 bad usage.')
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
    .parse()
    .opts<Options>();
}

async function bench(
  { requests, repositories, mirrorSeconds, open, json }: Options,
  assembly: string,
): Promise<boolean> {
  const outcomes: Outcome[] = [];
  for (const share of [SMALLER, 1]) {
    const size = { requests: Math.round(requests / share), repositories: Math.round(repositories / share) };
    process.stderr.write(`${size.requests} requests for ${size.repositories} repositories\n`);
    const endpoints: Load['endpoints'] = open ? 'open' : 'closed';
    outcomes.push(await runLoad({ assembly, ...size, endpoints, mirrorSeconds, dynamo: 'auto' }));
  }
  const [smaller, larger] = outcomes as [Outcome, Outcome];
  const growth = growthOf(smaller, larger);
  const conditions = [...judge(smaller), ...judge(larger), ...judgeGrowth(growth)];
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  if (json) console.log(JSON.stringify({ machine, conditions, growth, outcomes }));
  else {
    const tables = [describeOutcomes(outcomes), describeGrowth(growth), describeConditions(conditions)];
    console.log(`\n${tables.join('\n\n')}`);
  }
  return conditions.every(({ holds }) => holds);
}

const options = readOptions();
const scratch = await mkdtemp(join(tmpdir(), 'hourglass-load-'));
try {
  const assembly = await synthesizeWorld(
    {
      deployment: LEASE_ID,
      sourceHost: 'git.test',
      destinationPrefix: 'codecommit::ap-northeast-1://',
      apiKeySha256: '0'.repeat(64),
    },
    scratch,
  );
  process.exitCode = (await bench(options, assembly)) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
