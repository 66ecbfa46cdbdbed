/** `hourglass version`, and the version for whoever prints it. */
import type { Command } from 'commander';
import manifest from '../package.json' with { type: 'json' };

export const { version } = manifest;

export function addVersionCommand(program: Command): void {
  program
    .command('version')
    .description('Print the version.')
    .action(() => {
      process.stdout.write(`${version}\n`);
    });
}
