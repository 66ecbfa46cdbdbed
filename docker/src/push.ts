/** Carries out a push plan by the git command. */
import { gitFailure, runGit, runGitOrFail } from './git.ts';
import type { PushPlan } from './plan-push.ts';
import type { Remote } from './remote.ts';
import type { TaskContext } from './task-context.ts';

const PUSH = ['push', '--porcelain', '--no-verify', '--recurse-submodules=no', '--no-follow-tags'];

/**
 * Pushes batch by batch and gives the refs that the destination refused, with its reasons; one refused ref does not keep the others back.
 *
 * A batch of writes is gathered under a name of its own and pushed by one pattern: git takes a quarter of a minute to match four
 * thousand refspecs with as many refs, and no time for a pattern.
 * @param round makes the names of the batches differ from those of an earlier push from the same repository
 * @throws WorkFailed if a push fails as a whole
 */
export async function push(
  repository: string,
  destination: Remote,
  plan: PushPlan,
  round: number,
  context: TaskContext,
): Promise<string[]> {
  const refused: string[] = [];
  const pushRefspecs = async (refspecs: readonly string[]): Promise<void> => {
    const words = ['--git-dir', repository, ...PUSH, '--', destination.url, ...refspecs];
    const end = await runGit(words, destination, context);
    const rejections = parseRejections(end.stdout);
    if (end.code !== 0 && rejections.length === 0) throw gitFailure('pushing to the destination', end);
    refused.push(...rejections);
  };
  for (const names of plan.deletions) await pushRefspecs(names.map((name) => `:${name}`));
  for (const [index, writes] of plan.writes.entries()) {
    const batch = `${round}-${index}`;
    await gatherBatch(repository, batch, writes, context);
    await pushRefspecs([`+refs/batch/${batch}/*:refs/*`]);
  }
  return refused;
}

/** Makes `refs/batch/<batch>/heads/x` for `refs/heads/x`, and so on. */
async function gatherBatch(
  repository: string,
  batch: string,
  writes: readonly (readonly [name: string, oid: string])[],
  context: TaskContext,
): Promise<void> {
  const lines = writes.map(([name, oid]) => `create ${name.replace(/^refs\//, `refs/batch/${batch}/`)} ${oid}\n`);
  const update = ['--git-dir', repository, 'update-ref', '--stdin'];
  await runGitOrFail('gathering a batch', update, undefined, context, lines.join(''));
}

/** A line of --porcelain is flag, "from:to" and summary with the reason, by tabs; "!" marks what was refused. */
function parseRejections(porcelain: string): string[] {
  const lines = porcelain.split('\n').filter((line) => line.startsWith('!\t'));
  return lines.map((line) => {
    const [, names = '', summary = ''] = line.split('\t');
    return `${names.slice(names.indexOf(':') + 1)} ${summary}`;
  });
}
