/** The `hourglass` command. What a user did wrong is told in words, with exit status 2; what failed, with 1. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { runDemo } from './demo/demo.ts';
import { GitFailed, RepositoryUnusable } from './git/index.ts';
import { runLocal } from './local/local.ts';
import { SynthFailed } from './world/synthesize.ts';

const program = new Command('hourglass')
  .description('Container jobs in a sealed subnet that pays for VPC endpoints only in hours worth paying for.')
  .exitOverride()
  .showHelpAfterError('(see hourglass --help)');

program
  .command('demo')
  .description('Mirror a real repository through the whole flow in a simulated AWS, and show what it costs.')
  .option('--source <path|url...>', 'what to serve as on-premises (default: the repository this command stands in)')
  .option('--json', 'print the summary as one JSON object on standard output')
  .action(async (options: { source?: string[]; json?: boolean }) => {
    process.exitCode = await runDemo({ sources: options.source ?? [], json: options.json ?? false });
  });

program
  .command('local')
  .description('Keep the simulated AWS running, every API on one port, until Ctrl-C.')
  .option('--source <path|url...>', 'what to serve as on-premises (default: the repository this command stands in)')
  .option('--port <number>', 'port on 127.0.0.1', parsePort, 4566)
  .option('--speed <factor>', 'virtual seconds a real second takes while no task runs', parseSpeed, 60)
  .option('--json', 'print what happens as one JSON object a line')
  .action(async (options: { source?: string[]; port: number; speed: number; json?: boolean }) => {
    await runLocal({ ...options, sources: options.source ?? [], json: options.json ?? false });
  });

function parsePort(value: string): number {
  const port = Number(value);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a port from 0 to 65535.');
}

function parseSpeed(value: string): number {
  const speed = Number(value);
  if (speed > 0 && speed <= 100_000) return speed;
  throw new InvalidArgumentError('It must be a number above 0, at most 100000.');
}

try {
  await program.parseAsync(process.argv[2] === '--' ? process.argv.toSpliced(2, 1) : process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof RepositoryUnusable) {
    process.stderr.write(`hourglass: ${error.message}\n`);
    process.exitCode = 2;
  } else if (error instanceof GitFailed || error instanceof SynthFailed || isInUse(error)) {
    process.stderr.write(`hourglass: ${error.message}\n`);
    process.exitCode = 1;
  } else {
    throw error;
  }
}

function isInUse(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
