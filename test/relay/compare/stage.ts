/** Plays a scene twice: by `git push` from a clone of the source, and by the mirror; and lists what differs. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mirror, showRef } from '@hourglass/relay';
import { git, refsOf } from '../git.ts';
import { type Front, startFront } from '../server/front.ts';
import type { Scene, SceneRef } from './scene.ts';

export interface Stage {
  /** Sentences about refs that the mirror has left otherwise than git, without naming them. Empty: both are the same. */
  play(scene: Scene): Promise<string[]>;
  close(): Promise<void>;
}

/** Of a scene's history, a few commits. */
const SLICE_BYTES = 1_500;

const ENVIRONMENT = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };

/** Programs, since Node's own copying and removing takes names for UTF-8. */
const run = (program: string, ...words: string[]) => promisify(execFile)(program, words);

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'hourglass-compare-'));
  const [left, right, disk] = [join(folder, 'left'), join(folder, 'right'), join(folder, 'disk')];
  for (const dir of [left, right, disk]) await mkdir(dir);
  const template = join(folder, 'template');
  git('/', 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', template);
  git(template, 'config', 'core.fsync', 'none');
  git(template, 'config', 'receive.denyDeleteCurrent', 'ignore');
  git(template, 'config', 'uploadpack.allowFilter', 'true');
  const [v2, v1, v0, to] = await Promise.all([
    startFront({ root: left }),
    startFront({ root: left, speaksV1: true }),
    startFront({ root: left, knowsOnlyV0: true }),
    startFront({ root: right }),
  ]);
  const from = { 2: v2, 1: v1, 0: v0 };
  let number = 0;
  return {
    async play(scene) {
      const name = `scene-${number++}`;
      const [source, destination, copy] = [join(left, name), join(right, name), join(right, `${name}-by-git`)];
      await Promise.all([source, destination].map((dir) => run('cp', '-r', template, dir)));
      write(source, scene.commits, scene.source);
      write(destination, scene.commits, scene.destination);
      await run('cp', '-r', destination, copy);
      const [reported, gitFailed] = await Promise.all([
        mirrorIt(scene, from[scene.protocol], to, name, disk),
        pushByGit(source, copy),
      ]);
      const differences = compare(source, destination, copy, reported, gitFailed);
      await run('rm', '-rf', source, destination, copy);
      return differences;
    },
    async close() {
      await Promise.all([v2, v1, v0, to].map((front) => front.close()));
      await run('rm', '-rf', folder);
    },
  };
}

/** As `git push --mirror` does it with branches and tags. @returns whether git itself has failed at something */
async function pushByGit(source: string, copy: string): Promise<boolean> {
  const refspecs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
  const words = ['push', '--quiet', '--prune', '--no-verify', copy, ...refspecs];
  return await promisify(execFile)('git', words, { cwd: source, env: ENVIRONMENT }).then(
    () => false,
    () => true,
  );
}

async function mirrorIt({ via }: Scene, from: Front, to: Front, name: string, disk: string) {
  to.faults = via === 'relay-no-thin' ? { refuseThin: 'announced' } : {};
  return await mirror({
    source: `${from.url}/${name}`,
    destination: `${to.url}/${name}`,
    // A server of an old protocol gives slices to git alone.
    via: via === 'git' ? 'git' : via === 'slices' ? 'auto' : 'relay',
    ...(via === 'slices' && { maxPackBytes: SLICE_BYTES }),
    allowMassDelete: true,
    scratchDir: disk,
    environment: ENVIRONMENT,
  });
}

function compare(
  source: string,
  destination: string,
  copy: string,
  reported: Awaited<ReturnType<typeof mirror>>,
  gitFailed: boolean,
): string[] {
  const read = (dir: string) => new Map(refsOf(dir).map((line) => [line.slice(41), line.slice(0, 40)]));
  const [wanted, ours, theirs] = [read(source), read(destination), read(copy)];
  const named = new Set(reported.refs.rejected.map(({ ref }) => ref));
  const differences = [...new Set([...wanted.keys(), ...ours.keys(), ...theirs.keys()])].flatMap((ref) => {
    const isSame = ours.get(ref) === theirs.get(ref);
    // Where git gives up (a ref in the way of a folder, for one), the mirror may do better.
    const isBetter = gitFailed && ours.get(ref) === wanted.get(ref);
    if (isSame || isBetter || named.has(showRef(ref))) return [];
    return [`${showRef(ref)}: source ${wanted.get(ref)}, mirror ${ours.get(ref)}, git ${theirs.get(ref)}`];
  });
  const isDone = ['mirrored', 'unchanged', 'rejected'].includes(reported.result);
  return isDone ? differences : [`${reported.result}: ${reported.message}`, ...differences];
}

/** Commits up to the last one that a ref needs, and the refs. Equal numbers are equal commits, in either repository. */
function write(dir: string, commits: Scene['commits'], refs: readonly SceneRef[]): void {
  const pieces: string[] = [];
  const needed = Math.max(-1, ...refs.map(({ commit }) => commit)) + 1;
  const commit = (ref: string, mark: number, text: string, parents: readonly number[]) => {
    pieces.push(
      `commit ${ref}\nmark :${mark}\ncommitter A <a@example.invalid> 1700000000 +0000\ndata ${text.length}\n${text}\n`,
    );
    const [first, ...others] = parents;
    if (first !== undefined) pieces.push(`from :${first}\n`);
    for (const other of others) pieces.push(`merge :${other}\n`);
    pieces.push(`M 100644 inline file-${mark}\ndata ${text.length}\n${text}\n\n`);
  };
  // Each on a branch of its own, which goes at the end.
  for (let n = 0; n < needed; n++) {
    commit(
      `refs/scene/${n}`,
      n + 1,
      `commit ${n}`,
      (commits[n] ?? []).map((parent) => parent + 1),
    );
  }
  let mark = needed;
  for (const { name, commit: number, annotated, own } of refs) {
    if (annotated) {
      const tag = name.slice('refs/tags/'.length);
      pieces.push(`tag ${tag}\nfrom :${number + 1}\ntagger A <a@example.invalid> 1700000000 +0000\ndata 1\nt\n`);
    } else if (own) commit(name, ++mark, `own ${mark}`, [number + 1]);
    else pieces.push(`reset ${name}\nfrom :${number + 1}\n\n`);
  }
  for (let n = 0; n < needed; n++) pieces.push(`reset refs/scene/${n}\nfrom ${'0'.repeat(40)}\n\n`);
  const { status, stderr } = spawnSync('git', ['fast-import', '--quiet', '--force'], {
    cwd: dir,
    input: Buffer.from(pieces.join(''), 'latin1'),
    env: ENVIRONMENT,
    encoding: 'latin1',
  });
  if (status !== 0) throw new Error(`git fast-import: ${stderr}`);
}
