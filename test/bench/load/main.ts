/**
 * `pnpm bench:load`: a burst of requests for many repositories through the whole deployment; with `--growth` beside smaller ones, so that what grows is seen.
 * Status 0: every condition holds. 1: one does not. 2: bad usage.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { Command } from 'commander';
import { readCount, readNumber } from '../../read-count.ts';
import { LEASE_ID } from '../../simulation/names.ts';
import { growthOf, judge, judgeGrowth } from './conditions.ts';
import type { Load } from './load.ts';
import type { Outcome } from './outcome.ts';
import { runLoad } from './run-load.ts';
import { describeConditions, describeGrowth, describeOutcomes } from './table.ts';

/** How much smaller the bursts are that the asked one is compared with. */
const SMALLER = [10, 100];
/** So that each batch of intake is for two dozen repositories in a smaller burst too: requests for the same one cost less. */
const LEAST_REPOSITORIES = 24;
const LEAST_REQUESTS = 100;

interface Options {
  requests: number;
  repositories?: number;
  parallel: number;
  minutes: number;
  mirrorSeconds: number;
  writeUnits?: number;
  open?: true;
  growth?: true;
  json?: true;
}

function readOptions(): Options & { repositories: number } {
  const command = new Command('pnpm bench:load')
    .description('Send requests for many repositories through the synthesized deployment in the simulated AWS.')
    .option('--requests <number>', 'how many are sent', readCount(1, 1e6), 10_000)
    .option('--repositories <number>', 'that they are for, in turn; a tenth as many, if not said', readCount(1, 1e5))
    .option('--parallel <number>', 'maxParallelTasks of the deployment', readCount(1, 100), 10)
    .option('--minutes <number>', 'virtual minutes that they are sent within', readNumber(0.05, 600), 10)
    .option('--mirror-seconds <number>', 'the median that a repository takes in its task', readCount(1, 600), 5)
    .option(
      '--write-units <number>',
      'that a partition key takes in a second; 1000, as AWS has it',
      readCount(10, 1000),
    )
    .option('--open', 'the endpoints are open when the first is sent; else that one opens them')
    .option(
      '--growth',
      `beside a tenth and a hundredth of the requests for as many repositories, and what grows; not beside fewer than ${LEAST_REQUESTS} for ${LEAST_REPOSITORIES}`,
    )
    .option('--json', 'print the outcome as one JSON object')
    .addHelpText('after', '\nExit status: 0 every condition holds, 1 one does not, 2 bad usage.')
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2))
    .parse();
  const options = command.opts<Options>();
  const { requests, repositories = Math.ceil(requests / 10) } = options;
  if (repositories > requests) command.error(`error: ${requests} requests cannot be for ${repositories} repositories.`);
  if (options.growth && sizesOf(requests, repositories, true).length === 1) {
    const least = `${10 * LEAST_REQUESTS} requests for ${10 * LEAST_REPOSITORIES} repositories`;
    command.error(`error: --growth compares with a tenth, and needs ${least} at least.`);
  }
  return { ...options, repositories };
}

async function bench(options: Options & { repositories: number }, assembly: string): Promise<boolean> {
  const { requests, repositories, minutes, mirrorSeconds, writeUnits, open, growth, json } = options;
  const outcomes: Outcome[] = [];
  for (const { requests: sent, repositories: asked } of sizesOf(requests, repositories, growth === true)) {
    process.stderr.write(`${sent} requests for ${asked} repositories\n`);
    const endpoints: Load['endpoints'] = open ? 'open' : 'closed';
    outcomes.push(
      await runLoad({
        assembly,
        requests: sent,
        repositories: asked,
        minutes,
        endpoints,
        mirrorSeconds,
        dynamo: 'memory',
        ...(writeUnits && { writeUnitsPerKey: writeUnits }),
      }),
    );
  }
  const [smallest, largest] = [outcomes[0] as Outcome, outcomes.at(-1) as Outcome];
  const grown = outcomes.length > 1 ? growthOf(smallest, largest) : undefined;
  const conditions = [...outcomes.flatMap(judge), ...(grown ? judgeGrowth(grown) : [])];
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
  if (json) {
    console.log(JSON.stringify({ ...largest, conditions, ...(grown && { growth: grown }), outcomes, machine }));
  } else {
    const tables = [
      describeOutcomes(outcomes),
      ...(grown ? [describeGrowth(grown)] : []),
      describeConditions(conditions),
    ];
    console.log(`\n${tables.join('\n\n')}`);
  }
  return conditions.every(({ holds }) => holds);
}

/** The asked burst last. A smaller one that is too small to be compared with, since requests for the same repository cost less, is left out. */
function sizesOf(requests: number, repositories: number, growth: boolean) {
  const shares = growth ? SMALLER.toReversed() : [];
  const sizes = [...shares, 1].map((share) => ({
    share,
    requests: Math.round(requests / share),
    repositories: Math.round(repositories / share),
  }));
  const isComparable = (size: (typeof sizes)[number]) =>
    size.share === 1 || (size.requests >= LEAST_REQUESTS && size.repositories >= LEAST_REPOSITORIES);
  return sizes.filter(isComparable);
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
      maxParallelTasks: options.parallel,
    },
    scratch,
  );
  process.exitCode = (await bench(options, assembly)) ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
