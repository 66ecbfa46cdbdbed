import { type Command, InvalidArgumentError, Option } from 'commander';
import { CREDENTIALS, withChoices } from './choices.ts';
import type { MirrorCommandOptions } from './run-mirror.ts';

export function addMirrorCommand(program: Command): void {
  withSides(program.command('mirror'))
    .description('Mirror branches and tags from one git repository to another, without cloning it.')
    .addOption(new Option('--via <way>', 'how to carry it').choices(['auto', 'relay', 'git']).default('auto'))
    .option(
      '--max-pack-bytes <number>',
      'bytes that one push may have; a history that is bigger goes in slices (also when a push is refused for its size)',
      readBytes,
    )
    .option('--state <file>', 'remember here what both sides had: less to carry after a branch was rewritten')
    .option('--plan', 'only say what would be done to each ref, and why; the same as hourglass plan')
    .option('--json', 'print the result as one JSON object on standard output, instead of a line')
    .addHelpText(
      'after',
      `${CREDENTIALS}\nExit status: 0 mirrored or unchanged, 1 failed, 2 bad usage, 3 some refs rejected.`,
    )
    .action(async (source: string, destination: string, options: MirrorCommandOptions & { plan?: boolean }) => {
      // Loaded here, so that no other command pays for it; and this one, which is to be small, pays for no other.
      if (options.plan) {
        const { runPlan } = await import('./run-plan.ts');
        process.exitCode = await runPlan(source, destination, options);
        return;
      }
      const { runMirror } = await import('./run-mirror.ts');
      process.exitCode = await runMirror(source, destination, options);
    });
}

function withSides(command: Command): Command {
  return withChoices(
    command
      .argument('<source>', 'http(s) or ssh URL, user@host:path, or a path')
      .argument('<destination>', 'the same, or codecommit::region://repository'),
  );
}

function readBytes(text: string): number {
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || bytes < 1024) throw new InvalidArgumentError('a whole number of at least 1024 is needed.');
  return bytes;
}
