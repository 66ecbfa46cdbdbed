/** The commands of this room: what one cannot read is said in one line, with status 2; `--help` prints what it takes, with status 0. */
import { Command } from 'commander';

export function createCommand(name: string, description: string): Command {
  return new Command(`pnpm ${name}`)
    .description(description)
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode && 2));
}
