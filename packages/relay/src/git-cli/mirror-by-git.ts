/**
 * The fallback: fetch every selected ref into a bare scratch repository by the git command, push what differs, list again, compare.
 *
 * It needs disk for the whole repository, and works wherever git works.
 */

import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, noteArrived, otherFormat } from '../destination-side.ts';
import { MirrorRefused, NeedsGit, PackRefused, RelayFailed } from '../errors.ts';
import type { RejectedRef } from '../options.ts';
import type { Outcome } from '../outcome.ts';
import { planMirror, some } from '../plan.ts';
import { SHALLOW_SOURCE } from '../protocol/fetch-v2.ts';
import { formatOf, isObjectId, type Refs } from '../protocol/object-id.ts';
import { isRefName } from '../protocol/ref-name.ts';
import { bothOf, maxCommandBytesOf } from '../relay.ts';
import type { RunContext } from '../run-context.ts';
import { renamer, selectDestination, selectMapped, selectRefs } from '../select-refs.ts';
import { networkOf, type SideName, type Sides, type Traffic } from '../sides.ts';
import { removeTemporaryRefs } from '../slices/remove-temporary-refs.ts';
import { pushScratchInSlices } from '../slices/slice-scratch.ts';
import { readTemporaryRef, temporaryRefsOf } from '../slices/temporary-refs.ts';
import { findPointers } from './lfs-by-git.ts';
import { listByGit } from './list-by-git.ts';
import { pushBatch } from './push.ts';
import { type GitContext, gitFailure, remoteAddress, runGit, runGitOrFail } from './run-git.ts';

const ALLOW_FILTER = ['config', 'uploadpack.allowFilter', 'true'];
/** What git says of a push that a smaller one may do better than: of a status, or of a connection that broke. */
const TOO_BIG = /\b(?:408|411|413|502|504|52\d)\b|RPC failed|hung up|early EOF|exceeds maximum/;

/** What git says of a push to an empty repository of another kind of objects. */
const OTHER_OBJECTS =
  /does not support this repository's hash algorithm|mismatched algorithms|unexpected capabilities\^\{\}/;

/** @throws MirrorRefused, RelayFailed */
export async function mirrorByGit(sides: Sides, traffic: Traffic, context: RunContext): Promise<Outcome> {
  const { options, progress } = context;
  const folder = await mkdtemp(join(options.scratchDir ?? tmpdir(), 'hourglass-mirror-'));
  const git: GitContext = { folder, environment: options.environment ?? process.env, signal: options.signal };
  const list = (side: SideName) => listByGit(sides, side, git, options);
  try {
    progress.enter('listing');
    const [listed, there] = await bothOf(list('source'), list('destination'));
    refuseOtherObjects(listed.refs, there.refs);
    if (listed.refs.size === 0) await askSource(sides);
    const source = selectMapped(listed.refs, options);
    const headTarget = listed.headTarget && renamer(options)(listed.headTarget);
    const left = (refs: Refs) => temporaryRefsOf(refs, listed.refs);
    const temporary = left(there.refs);
    const before = selectDestination(new Map([...there.refs].filter(([name]) => !temporary.has(name))), options);
    context.source = source;
    context.firstSeen ??= before;
    const input = {
      source,
      destination: before,
      allowMassDelete: options.allowMassDelete ?? false,
      maxRefsPerPush: options.maxRefsPerPush ?? 4000,
      maxCommandBytes: maxCommandBytesOf(context),
      canDelete: true,
      alsoThere: [],
      rememberedTips: [],
    };
    // The guards come before the transfer.
    const first = planMirror({ ...input, divergence: 'overwrite' });
    const unchanged = { source, before, after: before, rejected: [], listed, headTarget };
    if (first.batches.length === 0) return unchanged;
    progress.enter('fetching');
    const repository = await fetchAll(sides, selectRefs(listed.refs, options), git, context);
    traffic.bytesFromSource += await bytesOfPacks(repository);
    const known = new Set(options.rememberedTips);
    for (const oid of await findPresent(repository, [...before.values()], git)) known.add(oid);
    const plan = planMirror({ ...input, divergence: options.divergence ?? 'overwrite', known });
    if (plan.batches.length === 0) return { ...unchanged, rejected: plan.kept };

    context.lfs.noted = await findPointers(repository, source.get(headTarget ?? ''), [...source.values()], git);
    progress.count({ refs: plan.batches.reduce((sum, { commands }) => sum + commands.length, 0) });
    progress.enter('pushing');
    const rejected: RejectedRef[] = [...plan.kept];
    const push = {
      repository,
      destination: sides.destination,
      network: networkOf('destination', options),
      context: git,
      onWritten(bytes: number) {
        traffic.bytesToDestination += bytes;
        progress.carry(bytes);
      },
    };
    const inSlices = async () => {
      await runGitOrFail('configuring the scratch repository', ['--git-dir', repository, ...ALLOW_FILTER], git);
      const tips = [...new Set(plan.batches.flatMap(({ commands }) => commands.flatMap(({ to }) => to ?? [])))];
      const first = source.get(headTarget ?? '');
      await pushScratchInSlices(sides, repository, { tips, first: tips.find((oid) => oid === first) }, context);
    };
    const wanted = options.maxPackBytes !== undefined || context.refused !== undefined || left(there.refs).size > 0;
    if (wanted) await inSlices();
    for (const [n, { commands }] of plan.batches.entries()) {
      const reported = await pushBatch(push, commands, `${n}`).catch(async (error: unknown) => {
        const [some = ''] = source.values();
        if (error instanceof RelayFailed && OTHER_OBJECTS.test(error.message)) {
          throw otherFormat(formatOf(some), formatOf(some) === 'sha1' ? 'sha256' : 'sha1');
        }
        if (wanted || context.isSliced || !(error instanceof RelayFailed)) throw error;
        if (error.wantsPause || error.status === 503 || !TOO_BIG.test(error.message)) throw error;
        const bytes = (await bytesOfPacks(repository)) / 2;
        context.refused = new PackRefused(error.message, bytes, 'status');
        await inSlices();
        return pushBatch(push, commands, `${n}-again`);
      });
      noteArrived(commands, reported, context);
      rejected.push(...reported);
    }

    progress.enter('verifying');
    let now = (await list('destination')).refs;
    if (left(now).size > 0) {
      await removeTemporaryRefs(sides, await sides.destination.git.list(), left(now), options);
      now = new Map([...now].filter(([name]) => readTemporaryRef(name) === undefined || source.has(name)));
    }
    const after = selectDestination(now, options);
    const planned = plan.batches.flatMap(({ commands }) => commands);
    return { source, before, after, rejected: compare(planned, after, rejected), listed, headTarget };
  } finally {
    // What was stopped a moment ago may still be making files.
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * What the source's own list says that git does not: it takes a web page, or an answer of 204, for a repository without refs. What only git
 * can read is taken as git reads it. @throws MirrorRefused, RelayFailed
 */
async function askSource({ source }: Sides): Promise<void> {
  await source.git.list([]).catch((error: unknown) => {
    if (!(error instanceof NeedsGit)) throw error;
  });
}

/** What a list shows of the kind of objects; an empty one shows nothing, and git finds out at the push. */
function refuseOtherObjects(listed: Refs, there: Refs): void {
  const [[ours], [theirs]] = [[...listed.values()], [...there.values()]];
  if (ours !== undefined && theirs !== undefined && formatOf(ours) !== formatOf(theirs)) {
    throw otherFormat(formatOf(ours), formatOf(theirs));
  }
}

async function fetchAll(
  sides: Sides,
  selected: ReadonlyMap<string, string>,
  git: GitContext,
  { options }: RunContext,
): Promise<string> {
  const repository = join(git.folder, 'repository.git');
  const source = new Map([...selected].filter(([name]) => isRefName(name)));
  const [oid = ''] = source.values();
  const init = ['init', '--quiet', '--bare', '--template=', `--object-format=${formatOf(oid)}`, repository];
  await runGitOrFail('making the scratch repository', init, git);
  if (source.size === 0) return repository;
  const flags = [
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
    '--no-recurse-submodules',
    '--stdin',
  ];
  const words = [
    '-c',
    'fetch.unpackLimit=1',
    '--git-dir',
    repository,
    'fetch',
    ...flags,
    '--',
    remoteAddress(sides.source),
  ];
  // Under names of their own: a name that is not selected must not be in the way of one that is.
  const refspecs = [...source.keys()].map((ref) => `+${ref}:${ref.replace(/^refs\//, 'refs/fetched/')}\n`);
  const end = await runGit(words, git, sides.source, networkOf('source', options), refspecs.join(''));
  // git refuses the refs of a shallow source with a warning only, and ends with code 0.
  const shallow = await stat(join(repository, 'shallow')).catch(() => undefined);
  if (shallow !== undefined || /shallow (roots|update)/.test(end.stderr)) throw new MirrorRefused(SHALLOW_SOURCE);
  // Over protocol v0 git does not notice why history ends.
  if (/did not send all necessary objects|Failed to traverse parents/.test(end.stderr)) await askSource(sides);
  if (end.code !== 0) throw gitFailure('fetching from the source', end, sides.source);
  const present = await findPresent(repository, [...source.values()], git);
  const missing = [...source].filter(([, wanted]) => !present.has(wanted)).map(([ref]) => ref);
  if (missing.length > 0) throw new RelayFailed(`the source has moved, or does not give ${some(missing)}`);
  return repository;
}

/** Those of the objects that are in the repository. */
async function findPresent(repository: string, objects: readonly string[], git: GitContext): Promise<Set<string>> {
  const words = ['--git-dir', repository, 'cat-file', '--batch-check=%(objectname)'];
  const input = [...new Set(objects)].map((oid) => `${oid}\n`).join('');
  const { stdout } = await runGitOrFail('looking for objects', words, git, undefined, undefined, input);
  return new Set(stdout.split('\n').filter((line) => isObjectId(line)));
}

async function bytesOfPacks(repository: string): Promise<number> {
  const folder = join(repository, 'objects', 'pack');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.pack'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
