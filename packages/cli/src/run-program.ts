/** Runs a program of commands. What a user did wrong is said in words, with exit status 2; what failed, with 1. */
import { Command, CommanderError } from 'commander';
import { CommandFailed, UsageError } from './errors.ts';
import { version } from './version.ts';

/** `hourglass`, before it has commands. */
export function createProgram(): Command {
  return (
    new Command('hourglass')
      .description('Container jobs in a sealed subnet that pays for VPC endpoints only in hours worth paying for.')
      .version(version)
      .exitOverride()
      // It repeats what was given, however long that is and whatever it does to a terminal.
      .configureOutput({ outputError: (text, write) => write(shortenQuotes(text)) })
  );
}

function shortenQuotes(text: string): string {
  return text.replace(/'([^']{300})[^']*'/g, "'$1\u2026'").replace(/(?!\n)\p{Cc}/gu, ' ');
}

/** Sets the exit status; only a bug is thrown. A reader that has read enough, as `head` does, ends the command without a word. */
export async function runProgram(program: Command): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  pointToHelp(program, program.name());
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
}

/** After a mistake: where the very command is described. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`(see ${name} --help)`);
  for (const one of command.commands) pointToHelp(one, `${name} ${one.name()}`);
}
