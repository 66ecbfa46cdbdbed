/** The `hourglass` command. What a user did wrong is told in words, with exit status 2; what failed, with 1. */
import { Command, CommanderError } from 'commander';
import { CommandFailed, UsageError } from './errors.ts';

/** Only the command that is asked for is loaded: one that is to be small and quick pays for no other. */
const commands = {
  delivery: async () => (await import('./delivery/command.ts')).addDeliveryCommand,
  demo: async () => (await import('./demo/command.ts')).addDemoCommand,
  deploy: async () => (await import('./deploy/command.ts')).addDeployCommand,
  destroy: async () => (await import('./deploy/command.ts')).addDestroyCommand,
  diff: async () => (await import('./deploy/command.ts')).addDiffCommand,
  local: async () => (await import('./local/command.ts')).addLocalCommand,
  mirror: async () => (await import('./mirror/command.ts')).addMirrorCommand,
  simulate: async () => (await import('./simulate/command.ts')).addSimulateCommand,
  synth: async () => (await import('./deploy/command.ts')).addSynthCommand,
};

const program = new Command('hourglass')
  .description('Container jobs in a sealed subnet that pays for VPC endpoints only in hours worth paying for.')
  .exitOverride()
  .showHelpAfterError('(see hourglass --help)');

const asked = process.argv[2] ?? '';
for (const [name, load] of Object.entries(commands)) {
  if (asked === name || !Object.hasOwn(commands, asked)) (await load())(program);
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
