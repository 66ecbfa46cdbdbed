/** What the command is asked for. */
import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readCount } from '../../read-count.ts';
import { CARRIERS, type Carriers } from '../carriers.ts';
import { FAULT_KINDS, type FaultKind } from '../faults/kinds.ts';

export interface Options {
  seeds: { first: number; last: number };
  days: number;
  /** `all`: of all kinds each seed takes its own; else exactly these. */
  faults: 'all' | FaultKind[];
  carriers: Carriers;
  /** Only these of the seed's requests. */
  requests: number[] | undefined;
  /** Git servers and schedules ask too. */
  doors: boolean;
  assembly: string | undefined;
  workers: number;
  json: boolean;
}

const help = `
Faults: ${FAULT_KINDS.join(', ')}.
With "all" each seed takes about half of them, every eighth seed all; a list is taken as it is.
Ctrl-C stops it after the seeds that are under way, with the totals until then.
Exit status: 0 no violation, 1 a violation, 2 bad usage, 130 stopped by Ctrl-C.`;

const readPositive = readCount(1, 999_999);

/** @throws CommanderError for what is not understood; it has been printed by then. */
export function readOptions(argv: readonly string[]): Options {
  const command = new Command('simulate:faults')
    .description(
      'Simulate whole deployments under the faults that AWS has, each from one seed, and check every invariant after every step.',
    )
    .addOption(
      new Option('--seeds <A..B>', 'which seeds, both ends included; or one')
        .argParser(readSeeds)
        .default({ first: 1, last: 20 }, '1..20'),
    )
    .option('--days <number>', 'virtual days of each', readPositive, 30)
    .option('--faults <list>', 'all, none, or names with commas between', readFaults, 'all')
    .addOption(
      new Option('--carriers <which>', 'what carries mirrors; mixed: some repositories by each, as the seed has it')
        .choices(CARRIERS)
        .default('fargate'),
    )
    .option('--requests <list>', 'only these of the requests that the seed has, by number', readNumbers)
    .option(
      '--doors',
      'git servers and schedules ask too, in draws of their own: a seed is another history with it',
      false,
    )
    .option('--assembly <folder>', 'a cloud assembly with the stack hourglass-test, instead of one made now')
    .option('--workers <number>', 'processes at the same time', readPositive, availableParallelism())
    .option('--json', 'print the totals as one JSON object on standard output', false)
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride();
  return command.parse(argv, { from: 'user' }).opts<Options>();
}

function readSeeds(text: string): Options['seeds'] {
  const [, first, last = first] = /^(\d+)(?:\.\.(\d+))?$/.exec(text) ?? [];
  const seeds = { first: Number(first), last: Number(last) };
  if (first === undefined || seeds.last < seeds.first) throw new InvalidArgumentError('It must be like 7 or 1..100.');
  return seeds;
}

function readNumbers(text: string): number[] {
  return text.split(',').map(readPositive);
}

function readFaults(text: string): Options['faults'] {
  if (text === 'all') return 'all';
  if (text === 'none') return [];
  const names = text.split(',');
  const unknown = names.find((name) => !(FAULT_KINDS as string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no fault "${unknown}".`);
  return names as FaultKind[];
}
