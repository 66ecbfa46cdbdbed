import { type Command, InvalidArgumentError, Option } from 'commander';
import type { MirrorCommandOptions, PlanCommandOptions } from './run-mirror.ts';

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
    .option('--json', 'print the result as one JSON object on standard output')
    .addHelpText(
      'after',
      `${CREDENTIALS}\nExit status: 0 mirrored or unchanged, 1 failed, 2 bad usage, 3 some refs rejected.`,
    )
    .action(async (source: string, destination: string, options: MirrorCommandOptions & { plan?: boolean }) => {
      // Loaded here, so that no other command pays for it; and this one, which is to be small, pays for no other.
      if (options.plan) return runPlanCommand(source, destination, options);
      const { runMirror } = await import('./run-mirror.ts');
      process.exitCode = await runMirror(source, destination, options);
    });
}

export function addPlanCommand(program: Command): void {
  const command = program
    .command('plan')
    .argument('<source>', "a configured repository's name alone, or an http(s) or ssh URL, user@host:path, or a path")
    .argument('[destination]', 'an address, or codecommit::region://repository');
  withChoices(command)
    .description('Say what a mirror would do to each ref, and why, without writing anything.')
    .option('--json', 'print the plan as one JSON object on standard output')
    .addHelpText(
      'after',
      `${CREDENTIALS}\nExit status: 0 the mirror would go ahead, 1 it would be refused or a side cannot be read, 2 bad usage.`,
    )
    .option('--deployment <name>', 'with a name alone: which deployment (default: the only one there is)')
    .option('--profile <name>', "with a name alone: a profile of AWS's configuration files")
    .option('--region <region>', 'with a name alone: its AWS Region')
    .option('--endpoint-url <url>', 'with a name alone: where every AWS API is')
    .action(async (source: string, destination: string | undefined, options: PlanCommandOptions) => {
      if (destination !== undefined) return runPlanCommand(source, destination, options);
      const { planConfigured } = await import('../operate/plan-configured.ts');
      process.exitCode = await planConfigured(source, options);
    });
}

async function runPlanCommand(source: string, destination: string, options: PlanCommandOptions): Promise<void> {
  const { runPlan } = await import('./run-plan.ts');
  process.exitCode = await runPlan(source, destination, options);
}

const CREDENTIALS = `
Credentials are never arguments. A user and password may stand in a URL, in files (--source-user with --source-password-file,
--source-token-file), or in HOURGLASS_SOURCE_USER, HOURGLASS_SOURCE_PASSWORD and HOURGLASS_SOURCE_TOKEN; DESTINATION in place
of SOURCE for the other side. A token is sent as "Authorization: Bearer"; where a server wants it as a password, give it as one.
Where nothing is given and a server asks, git's own credential helpers are asked.
`;

function withSides(command: Command): Command {
  return withChoices(
    command
      .argument('<source>', 'http(s) or ssh URL, user@host:path, or a path')
      .argument('<destination>', 'the same, or codecommit::region://repository'),
  );
}

function withChoices(command: Command): Command {
  command
    .addOption(
      new Option('--divergence <policy>', 'a branch that somebody has pushed to at the destination')
        .choices(['overwrite', 'keep', 'fail'])
        .default('overwrite'),
    )
    .option('--allow-mass-delete', 'go on when the source is empty or has lost most of its refs')
    .option(
      '--include <pattern>',
      'branches and tags to mirror, may be given again; * stands for anything (default: all)',
      collect,
    )
    .option('--exclude <pattern>', 'branches and tags to leave alone on both sides, may be given again', collect)
    .option(
      '--map <src:dst>',
      'a branch or ref that is to have another name there, may be given again; without --include nothing else is mirrored',
      collect,
    )
    .option(
      '--source-address <ip>',
      "connect to this address; certificate and host key must still be those of the source's name",
    )
    .option(
      '--source-ca-bundle <file>',
      "certificate authorities (PEM) to trust for the source, instead of the system's",
    )
    .option('--source-known-hosts <file>', 'host keys to trust for an ssh source, as ssh has them in known_hosts');
  for (const side of ['source', 'destination']) {
    command
      .option(`--${side}-user <name>`, `user of the ${side}`)
      .option(`--${side}-password-file <file>`, `file that holds the password of the ${side}`)
      .option(`--${side}-token-file <file>`, `file that holds a bearer token of the ${side}`);
  }
  return command;
}

function readBytes(text: string): number {
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || bytes < 1024) throw new InvalidArgumentError('a whole number of at least 1024 is needed.');
  return bytes;
}

function collect(pattern: string, before: string[] = []): string[] {
  return [...before, pattern];
}
