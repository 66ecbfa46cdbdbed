/** The `hourglass` command. What a user did wrong is told in words, with exit status 2; what failed, with 1. */
import { Command, CommanderError } from 'commander';
import { addDemoCommand } from './demo/command.ts';
import { CommandFailed, UsageError } from './errors.ts';
import { addLocalCommand } from './local/command.ts';

const program = new Command('hourglass')
  .description('Container jobs in a sealed subnet that pays for VPC endpoints only in hours worth paying for.')
  .exitOverride()
  .showHelpAfterError('(see hourglass --help)');

addDemoCommand(program);
addLocalCommand(program);

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
