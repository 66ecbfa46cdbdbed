import { type Command, InvalidArgumentError } from 'commander';
import { addDeploymentOptions } from '../operate/options.ts';
import type { ConsoleCommandOptions } from './run-console.ts';

export function addConsoleCommand(program: Command): void {
  addDeploymentOptions(
    program
      .command('console')
      .description('Show a deployment in the browser: a page on this machine alone, until Ctrl-C.'),
    'print the address as one JSON object',
  )
    .option('--port <number>', 'port on 127.0.0.1 (default: any that is free)', parsePort, 0)
    .option('--allow-actions', 'also replay, pause, request and the like from the page')
    .option('--every <seconds>', 'read the deployment so often while a page is open', parseEvery, 5)
    .action(async (options: ConsoleCommandOptions) => {
      const { runConsole } = await import('./run-console.ts');
      await runConsole(options);
    });
}

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

function parseEvery(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 300) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds from 1 to 300.');
}
