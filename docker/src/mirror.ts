/**
 * A mirror by the git command: fetch every branch and tag into a bare scratch repository, push what differs, list both sides, compare.
 *
 * A source that moves meanwhile is followed for a few rounds; an empty or shallow source never touches the destination.
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { MirrorWork } from '@hourglass/lease-dynamodb';
import { WorkFailed } from './ends.ts';
import { gitFailure, listRefs, parseRefs, type Refs, runGit, runGitOrFail } from './git.ts';
import { planPush, refsEqual } from './plan-push.ts';
import { push } from './push.ts';
import { type Remote, resolveRemote } from './remote.ts';
import type { TaskContext } from './task-context.ts';

const ROUNDS = 3;
const MIRRORED = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/**
 * Makes the destination's heads and tags those of the source.
 * @returns how many refs both have
 * @throws RemoteRefused, WorkFailed
 */
export async function mirror(work: MirrorWork, context: TaskContext): Promise<{ message: string; refs: number }> {
  const source = resolveRemote(work.sourceUrl);
  const destination = resolveRemote(work.destination);
  let listed = await listRefs('source', source, context);
  let there = await listRefs('destination', destination, context);
  refuseEmptySource(listed, there);
  const repository = await createScratchRepository(listed, context);

  let written = 0;
  let deleted = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const fetched = await fetchRefs(repository, source, listed, context);
    refuseEmptySource(fetched, there);
    const plan = planPush(fetched, there);
    const refused = await push(repository, destination, plan, round, context);
    written += plan.writes.flat().length;
    deleted += plan.deletions.flat().length;
    there = await listRefs('destination', destination, context);
    listed = await listRefs('source', source, context);
    if (refsEqual(listed, there)) {
      return { message: `${there.size} refs mirrored: ${written} written, ${deleted} deleted`, refs: there.size };
    }
    if (refused.length > 0) throw new WorkFailed(`the destination refused ${refused.length} refs: ${some(refused)}`);
    context.log(`round ${round}: the two sides differ after the push, looking again`);
  }
  throw new WorkFailed(`the refs still differ after ${ROUNDS} rounds: ${some(differences(listed, there))}`);
}

function refuseEmptySource(source: Refs, destination: Refs): void {
  if (source.size > 0 || destination.size === 0) return;
  throw new WorkFailed(
    `the source has no branches and no tags, but the destination has ${destination.size} refs: an empty source never wipes a mirror`,
  );
}

async function createScratchRepository(listed: Refs, context: TaskContext): Promise<string> {
  const repository = join(context.scratch, 'repository.git');
  const [oid = ''] = listed.values();
  const words = [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    `--object-format=${oid.length === 64 ? 'sha256' : 'sha1'}`,
  ];
  await runGitOrFail('making the scratch repository', [...words, repository], undefined, context);
  return repository;
}

async function fetchRefs(repository: string, source: Remote, listed: Refs, context: TaskContext): Promise<Refs> {
  if (listed.size === 0) return listed;
  const words = ['--git-dir', repository, 'fetch', '--quiet', '--no-tags', '--prune', '--no-write-fetch-head'];
  const flags = ['--no-auto-maintenance', '--no-recurse-submodules', '--', source.url];
  const end = await runGit([...words, ...flags, ...MIRRORED], source, context);
  // git refuses the refs of a shallow source with a warning only, and ends with code 0.
  const shallow = await stat(join(repository, 'shallow')).catch(() => undefined);
  if (shallow || end.lastLines.some((line) => /shallow (roots|update)/.test(line))) {
    throw new WorkFailed(
      'the source is a shallow clone, which holds only a part of its history, and cannot be mirrored',
    );
  }
  if (end.code !== 0) throw gitFailure('fetching from the source', end);
  const format = '--format=%(objectname) %(refname)';
  const refs = ['--git-dir', repository, 'for-each-ref', format, 'refs/heads', 'refs/tags'];
  const fetched = parseRefs(await runGitOrFail('listing what was fetched', refs, undefined, context), ' ');
  await refusePartialFetch(source, listed, fetched, context);
  return fetched;
}

/** A ref that the source has, but did not give, would be taken for deleted. */
async function refusePartialFetch(source: Remote, listed: Refs, fetched: Refs, context: TaskContext): Promise<void> {
  const missing = [...listed.keys()].filter((name) => !fetched.has(name));
  if (missing.length === 0) return;
  const now = await listRefs('source', source, context);
  const kept = missing.filter((name) => now.has(name));
  if (kept.length > 0) throw new WorkFailed(`the source lists refs that it does not give: ${some(kept)}`);
}

function differences(a: Refs, b: Refs): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
