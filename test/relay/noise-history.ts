/** Histories of files that nothing can compress, made by `git fast-import`: what they weigh is known beforehand. */

import { spawnSync } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { git } from './git.ts';

export interface NoiseOptions {
  readonly commits: number;
  /** Of the one file that each commit adds or replaces. */
  readonly bytes: number;
  readonly branch?: string;
  /** Every so many commits, a branch of three commits leaves and comes back. */
  readonly mergeEvery?: number;
  /** Every so many commits, an annotated tag. */
  readonly tagEvery?: number;
  /** Continues this branch. */
  readonly from?: string;
  readonly seed?: number;
}

/** Writes a history; the same options make the same one. */
export function writeNoise(repository: string, options: NoiseOptions): void {
  const { commits, bytes, branch = 'main', mergeEvery = 0, tagEvery = 0, from, seed = 1 } = options;
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const pieces: Buffer[] = [];
  const say = (text: string) => pieces.push(Buffer.from(text));
  let mark = 0;
  const commit = (ref: string, parents: readonly string[], file: string, n: number): string => {
    const [first, ...others] = parents;
    say(`commit ${ref}\nmark :${++mark}\n`);
    say(`committer Hourglass <hourglass@example.invalid> ${1_600_000_000 + n * 60} +0000\ndata 5\nnoise\n`);
    if (first !== undefined) say(`from ${first}\n`);
    for (const other of others) say(`merge ${other}\n`);
    say(`M 100644 inline ${file}\ndata ${bytes}\n`);
    pieces.push(noise.update(Buffer.alloc(bytes)));
    say('\n');
    return `:${mark}`;
  };
  let tip: string | undefined = from === undefined ? undefined : `refs/heads/${from}^0`;
  for (let n = 0; n < commits; n++) {
    const merging = mergeEvery > 0 && tip !== undefined && n % mergeEvery === 0;
    let side = tip ?? '';
    if (merging) for (let k = 0; k < 3; k++) side = commit('refs/heads/side', [side], `side-${k}`, n);
    const parents = tip === undefined ? [] : merging ? [tip, side] : [tip];
    tip = commit(`refs/heads/${branch}`, parents, `folder-${n % 7}/file-${n % 40}`, n);
    if (tagEvery > 0 && n % tagEvery === 0) {
      say(`tag ${branch}-${n}\nfrom ${tip}\ntagger T <t@example.invalid> ${1_600_000_000 + n} +0000\ndata 3\ntag\n`);
    }
  }
  const { status, stderr } = spawnSync('git', ['-c', 'core.compression=0', 'fast-import', '--quiet'], {
    cwd: repository,
    input: Buffer.concat(pieces),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git fast-import: ${stderr}`);
  if (mergeEvery > 0) git(repository, 'update-ref', '-d', 'refs/heads/side');
}
