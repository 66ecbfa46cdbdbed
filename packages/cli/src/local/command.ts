import { type Command, InvalidArgumentError } from 'commander';
import { parsePort as parseConsolePort } from '../console/command.ts';
import { type Carrier, carrierOption } from '../world/carrier.ts';

export function addLocalCommand(program: Command): void {
  program
    .command('local')
    .description('Keep the simulated AWS running, every API on one port, until Ctrl-C.')
    .option('--source <path|url...>', 'what to serve as on-premises (default: the repository this command stands in)')
    .option('--port <number>', 'port on 127.0.0.1', parsePort, 4566)
    .option('--speed <factor>', 'virtual seconds that pass in a real second while no task runs', parseSpeed, 60)
    .addOption(carrierOption())
    .option(
      '--console-port <number>',
      "the console's port on 127.0.0.1 (default: any that is free)",
      parseConsolePort,
      0,
    )
    .option('--allow-actions', 'let the console replay, pause, request and the like')
    .option('--json', 'print what happens as one JSON object a line')
    .action(
      async (options: {
        source?: string[];
        port: number;
        speed: number;
        carrier: Carrier;
        json?: boolean;
        consolePort: number;
        allowActions?: boolean;
      }) => {
        const { runLocal } = await import('./local.ts');
        await runLocal({
          ...options,
          sources: options.source ?? [],
          json: options.json ?? false,
          allowActions: options.allowActions ?? false,
        });
      },
    );
}

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
