import { policyNames } from '@hourglass/cost';
import { type Command, Option } from 'commander';
import type { SimulateOptions } from './options.ts';
import { describePolicies } from './policies.ts';

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description('Say from real push times what each policy would cost, and how far each is from the best possible.')
    .requiredOption(
      '--trace <file...>',
      'push times, one ISO-8601 UTC time a line; or git:PATH: the committer times of the first-parent history of HEAD',
    )
    .addOption(new Option('--policy <name>', 'which policy').choices([...policyNames, 'all']).default('all'))
    .addOption(
      new Option('--billing <clock>', 'how the bill counts hours')
        .choices(['anchored', 'clock', 'both'])
        .default('both'),
    )
    .option('--max-delay <duration>', "how long a task may wait for its start (default: the deployment's)", '10m')
    .option('--endpoints <count>', 'interface endpoints; a deployment without commands of its own has 4', '4')
    .option('--zones <count>', 'Availability Zones', '1')
    .option('--price <usd>', "USD per endpoint, Zone and hour (default: the Region's, from the price table)")
    .option('--region <name>', 'whose prices', 'ap-northeast-1')
    .option('--create <duration>', 'from asking for the endpoints to the first task', '150s')
    .option('--delete <duration>', 'from asking for the deletion to the last billed moment', '120s')
    .option('--teardown-lead <duration>', 'keep to this lead (default: 7m, and learned from the deletions)')
    .option('--durations <file>', "the tasks' seconds, one whole number a line, in the order of the trace")
    .option('--task-median <duration>', "median of the tasks' lognormal times, where none are given", '90s')
    .option('--seed <number>', 'seed of these times', '1')
    .addOption(
      new Option(
        '--carrier <name>',
        'what runs a mirror: `direct` adds a row for functions without endpoints and tasks',
      )
        .choices(['fargate', 'direct'])
        .default('fargate'),
    )
    .option('--json', 'print the rows as one JSON object on standard output')
    .option('--html <file>', 'write the report as one self-contained page')
    .addHelpText(
      'after',
      `\n${describePolicies()}\n\nDurations: 90s, 15m, 1h30m, 2h, 1d, or seconds. Always simulated under the same accounting model.`,
    )
    .action(async (options: SimulateOptions) => {
      const { runSimulate } = await import('./run-simulate.ts');
      await runSimulate(options);
    });
}
