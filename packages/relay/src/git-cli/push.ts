/** Carries out one planned batch by the git command, from a scratch repository that has the objects. */
import type { Network, RejectedRef } from '../options.ts';
import { printableBytes } from '../protocol/pkt-line.ts';
import type { RefCommand } from '../protocol/receive-commands.ts';
import { bytesOf } from '../protocol/ref-name.ts';
import { ServerWords, withWords } from '../protocol/server-words.ts';
import type { Side } from '../sides.ts';
import { type GitContext, type GitEnd, gitFailure, remoteAddress, runGit, runGitOrFail } from './run-git.ts';

/**
 * A deletion is an argument of its own, and git compares each with every ref of the destination. A thousand also stay far below the
 * 2 MiB of arguments that Linux passes to a program.
 */
const MAX_ARGUMENTS = 1000;
const PUSH = ['push', '--porcelain', '--progress', '--no-verify', '--recurse-submodules=no', '--no-follow-tags'];

export interface GitPush {
  readonly repository: string;
  readonly destination: Side;
  readonly network: Network | undefined;
  readonly context: GitContext;
  readonly onWritten: (bytes: number) => void;
}

/**
 * Pushes the commands of a batch and gives the refs that the destination refused.
 *
 * Writes are gathered under a name of their own and pushed by one pattern: git takes a quarter of a minute to match four thousand
 * refspecs with as many refs, and no time for a pattern. `--force-with-lease` keeps what has moved in between.
 * @param name of the batch, not used before in this repository
 * @throws RelayFailed if a push fails as a whole
 */
export async function pushBatch(push: GitPush, commands: readonly RefCommand[], name: string): Promise<RejectedRef[]> {
  const rejected: RejectedRef[] = [];
  const deletions = commands.filter(({ to }) => to === undefined);
  for (let from = 0; from < deletions.length; from += MAX_ARGUMENTS) {
    const some = deletions.slice(from, from + MAX_ARGUMENTS);
    rejected.push(
      ...(await pushRefspecs(
        push,
        leases(some),
        some.map(({ ref }) => `:${ref}`),
      )),
    );
  }
  const writes = commands.filter(({ to }) => to !== undefined);
  if (writes.length === 0) return rejected;
  const gathered = writes.map(({ ref, to }) => `create ${ref.replace(/^refs\//, `refs/batch/${name}/`)} ${to}\n`);
  const update = ['--git-dir', push.repository, 'update-ref', '--stdin'];
  await runGitOrFail('gathering a batch', update, push.context, undefined, undefined, gathered.join(''));
  // A lease is an argument too; so many writes at once are first mirrors, where there is nothing to lose.
  const leased = writes.length <= MAX_ARGUMENTS ? leases(writes) : ['--force'];
  rejected.push(...(await pushRefspecs(push, leased, [`refs/batch/${name}/*:refs/*`])));
  return rejected;
}

function leases(commands: readonly RefCommand[]): string[] {
  return commands.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
}

async function pushRefspecs(
  push: GitPush,
  flags: readonly string[],
  refspecs: readonly string[],
): Promise<RejectedRef[]> {
  const { repository, destination, network, context } = push;
  const words = ['--git-dir', repository, ...PUSH];
  const names = [...flags, '--', bytesOf(remoteAddress(destination)), ...refspecs];
  const end = await runGit(words, context, destination, network, '', names);
  const rejections = parseRejections(end);
  if (end.code !== 0 && rejections.length === 0) throw gitFailure('pushing to the destination', end, destination);
  push.onWritten(parseWritten(end.stderr));
  return rejections;
}

/** A line of --porcelain is flag, "from:to" and summary with the reason, by tabs; "!" marks what was refused. */
function parseRejections(end: GitEnd): RejectedRef[] {
  const lines = end.stdout.split('\n').filter((line) => line.startsWith('!\t'));
  const heard = new ServerWords();
  for (const [, text = ''] of end.stderr.matchAll(/^remote: ?([^\r\n]*)/gm)) heard.add(bytesOf(`${text}\n`));
  // Redacted by runGit already.
  const said = heard.reported((text) => text);
  let wordsLeft = said;
  return lines.map((line) => {
    const [, names = '', summary = ''] = line.split('\t');
    const reason = printableBytes(summary.replace(/^\[[^\]]*\]\s*\(?|\)$/g, '') || summary);
    const words = summary.startsWith('[remote rejected]') ? wordsLeft : '';
    // They are about the whole push: they are shown once.
    if (words !== '') wordsLeft = '';
    return { ref: names.slice(names.indexOf(':') + 1), reason: withWords(reason, words) };
  });
}

const UNITS: Record<string, number> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** "Writing objects: 100% (3/3), 1.20 KiB | ..., done." is all that git says of it. */
function parseWritten(stderr: string): number {
  const [, amount = '0', unit = 'bytes'] =
    /Writing objects: 100% \(\d+\/\d+\), ([\d.]+) (bytes|[KMG]iB)/.exec(stderr) ?? [];
  return Math.round(Number(amount) * (UNITS[unit] ?? 1));
}
