import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MirrorCommandOptions } from './run-mirror.ts';

export function addMirrorCommand(program: Command): void {
  program
    .command('mirror')
    .description('Mirror branches and tags from one git repository to another, without cloning it.')
    .argument('<source>', 'http(s) or ssh URL, user@host:path, or a path')
    .argument('<destination>', 'the same, or codecommit::region://repository')
    .addOption(
      new Option('--divergence <policy>', 'a branch that somebody has pushed to at the destination')
        .choices(['overwrite', 'keep', 'fail'])
        .default('overwrite'),
    )
    .option('--allow-mass-delete', 'go on when the source is empty or has lost most of its refs')
    .addOption(new Option('--via <way>', 'how to carry it').choices(['auto', 'relay', 'git']).default('auto'))
    .option(
      '--include <pattern>',
      'branches and tags to mirror, may be given again; * stands for anything (default: all)',
      collect,
    )
    .option('--exclude <pattern>', 'branches and tags to leave alone on both sides, may be given again', collect)
    .option(
      '--source-address <ip>',
      "connect to this address; certificate and host key must still be those of the source's name",
    )
    .option(
      '--source-ca-bundle <file>',
      "certificate authorities (PEM) to trust for the source, instead of the system's",
    )
    .option('--source-known-hosts <file>', 'host keys to trust for an ssh source, as ssh has them in known_hosts')
    .option(
      '--max-pack-bytes <number>',
      'bytes that one push may have; a history that is bigger goes in slices (also when a push is refused for its size)',
      readBytes,
    )
    .option('--json', 'print the result as one JSON object on standard output')
    .addHelpText('after', '\nExit status: 0 mirrored or unchanged, 1 failed, 2 bad usage, 3 some refs rejected.')
    .action(async (source: string, destination: string, options: MirrorCommandOptions) => {
      // Loaded here, so that no other command pays for it; and this one, which is to be small, pays for no other.
      const { runMirror } = await import('./run-mirror.ts');
      process.exitCode = await runMirror(source, destination, options);
    });
}

function readBytes(text: string): number {
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || bytes < 1024) throw new InvalidArgumentError('a whole number of at least 1024 is needed.');
  return bytes;
}

function collect(pattern: string, before: string[] = []): string[] {
  return [...before, pattern];
}
