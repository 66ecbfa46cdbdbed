/** The `hourglass` command. What a user did wrong is told in words, with exit status 2; what failed, with 1. */
import { Command, CommanderError } from 'commander';
import { CommandFailed, UsageError } from './errors.ts';
import { version } from './version.ts';

/** Only the command that is asked for is loaded: one that is to be small and quick pays for no other. */
const commands = {
  delivery: async () => (await import('./delivery/command.ts')).addDeliveryCommand,
  demo: async () => (await import('./demo/command.ts')).addDemoCommand,
  deploy: async () => (await import('./deploy/command.ts')).addDeployCommand,
  destroy: async () => (await import('./deploy/command.ts')).addDestroyCommand,
  diff: async () => (await import('./deploy/command.ts')).addDiffCommand,
  local: async () => (await import('./local/command.ts')).addLocalCommand,
  hook: async () => (await import('./hook/command.ts')).addHookCommand,
  mirror: async () => (await import('./mirror/command.ts')).addMirrorCommand,
  plan: async () => (await import('./mirror/command.ts')).addPlanCommand,
  simulate: async () => (await import('./simulate/command.ts')).addSimulateCommand,
  synth: async () => (await import('./deploy/command.ts')).addSynthCommand,
  version: async () => (await import('./version.ts')).addVersionCommand,
};

/** What the list of commands says of each, so that it loads none of them. */
const summaries: Record<keyof typeof commands, string> = {
  delivery: 'Explain one delivery of a git server offline: what it says, or why it is refused.',
  demo: 'Mirror a real repository through the whole flow in a simulated AWS, and show what it costs.',
  deploy: 'Look at the account, and deploy with the CDK CLI if it fits; nothing is created before.',
  destroy: 'Remove the deployment, open endpoints first. Do it while no task runs.',
  diff: 'Say what a deployment would change.',
  hook: 'Print a post-receive hook for a bare repository: each push asks for a mirror, and never waits for it.',
  local: 'Keep the simulated AWS running, every API on one port, until Ctrl-C.',
  mirror: 'Mirror branches and tags from one git repository to another, without cloning it.',
  plan: 'Say what a mirror would do to each ref, and why, without writing anything.',
  simulate: 'Say from real push times what each policy would cost, and how far each is from the best possible.',
  synth: 'Write the CloudFormation templates, without an AWS account, network or Docker.',
  version: 'Print the version.',
};

const program = new Command('hourglass')
  .description('Container jobs in a sealed subnet that pays for VPC endpoints only in hours worth paying for.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(see hourglass --help)');

const [first = '', second = ''] = process.argv.slice(2);
const asked = first === 'help' ? second : first;
for (const [name, load] of Object.entries(commands)) {
  if (asked === name) (await load())(program);
  else program.command(name).description(summaries[name as keyof typeof commands]);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof UsageError || error instanceof CommandFailed) {
    process.stderr.write(`hourglass: ${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  } else {
    throw error;
  }
}
