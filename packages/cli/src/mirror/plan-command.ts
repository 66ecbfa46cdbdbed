import type { Command } from 'commander';
import { CREDENTIALS, withChoices } from './choices.ts';
import type { PlanCommandOptions } from './run-mirror.ts';

export function addPlanCommand(program: Command): void {
  const command = program
    .command('plan')
    .argument('<source>', "a configured repository's name alone, or an http(s) or ssh URL, user@host:path, or a path")
    .argument('[destination]', 'an address, or codecommit::region://repository');
  withChoices(command)
    .description('Say what a mirror would do to each ref, and why, without writing anything.')
    .option('--json', 'print the plan as one JSON object on standard output')
    .addHelpText(
      'after',
      `${CREDENTIALS}\nExit status: 0 the mirror would go ahead, 1 it would be refused or a side cannot be read, 2 bad usage.`,
    )
    .option('--deployment <name>', 'with a name alone: which deployment (default: the only one there is)')
    .option('--profile <name>', "with a name alone: a profile of AWS's configuration files")
    .option('--region <region>', 'with a name alone: its AWS Region')
    .option('--endpoint-url <url>', 'with a name alone: where every AWS API is')
    .action(async (source: string, destination: string | undefined, options: PlanCommandOptions) => {
      if (destination !== undefined) {
        const { runPlan } = await import('./run-plan.ts');
        process.exitCode = await runPlan(source, destination, options);
        return;
      }
      const { planConfigured } = await import('../operate/plan-configured.ts');
      process.exitCode = await planConfigured(source, options);
    });
}
