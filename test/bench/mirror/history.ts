/** Histories for the bench, made by `git fast-import`: real texts would weigh about the same, and every run makes the same ones. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRandom } from '@hourglass/cost';
import { git } from '../../relay/git.ts';

export interface HistoryOptions {
  readonly commits: number;
  /** Continues this branch; without it, the branch `main` is begun. */
  readonly onto?: string;
  /** Two histories of one seed are the same. */
  readonly seed: number;
}

/**
 * In sizes like git's own repository: 4,847 files of 9.9 kB on average in 225 folders, but 31 kB on average where a commit changes one, since
 * half of all changes go to a few big files; 2.0 new blobs and 2.0 new trees a commit. Servers read all folders of a commit that a push
 * builds on, and unpack every version of a file.
 */
const FOLDERS = 150;
const FILES_IN_FOLDER = 20;
const LINES = 200;
const LINES_OF_BIG = 1000;
/** Files that a commit changes, all in one folder, and lines in each. */
const CHANGES = 2;
const EDITS = 12;

/** Writes commits that each change a few lines in one or two of 3,000 files. */
export async function writeHistory(repository: string, options: HistoryOptions): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet', '--done', '--date-format=raw'], {
    cwd: repository,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close');
  for (const piece of historyStream(repository, options)) {
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), ended]);
  }
  child.stdin.end('done\n');
  const [code] = await ended;
  if (code !== 0) throw new Error(`git fast-import ended with code ${code}`);
}

/** Packs a repository as servers have theirs: one pack, with bitmaps and a commit graph. */
export function packAsServer(repository: string): void {
  git(repository, 'repack', '-a', '-d', '-q', '--write-bitmap-index');
  git(repository, 'commit-graph', 'write', '--reachable');
  git(repository, 'pack-refs', '--all');
}

function* historyStream(repository: string, { commits, onto, seed }: HistoryOptions): Generator<string> {
  const random = createRandom(seed);
  const branch = onto ?? 'refs/heads/main';
  const changes = drawChanges(commits, random);
  // All versions of a file one after another: fast-import writes each as a delta of the one before, as packs have them.
  let mark = 0;
  const marks = new Map<string, number>();
  for (const [file, changed] of changes.commitsOf) {
    let lines = onto ? readLines(repository, `${onto}:${pathOf(file)}`) : [];
    if (lines.length === 0)
      lines = Array.from({ length: file < FOLDERS ? LINES_OF_BIG : LINES }, () => words(random, 9));
    for (const n of changed) {
      for (let edit = 0; edit < EDITS; edit++) lines[Math.floor(random() * lines.length)] = words(random, 9);
      marks.set(`${n}:${file}`, ++mark);
      yield `blob\nmark :${mark}\n${data(`${lines.join('\n')}\n`)}`;
    }
  }
  for (const [n, files] of changes.filesOf.entries()) {
    const atSeconds = 1_600_000_000 + n * 600;
    const message = `Change ${seed}-${n}: ${words(random, 6)}\n`;
    const from = n === 0 && onto ? `from ${onto}^0\n` : '';
    yield `commit ${branch}\ncommitter Hourglass <hourglass@example.invalid> ${atSeconds} +0000\n${data(message)}${from}`;
    for (const file of files) yield `M 100644 :${marks.get(`${n}:${file}`)} ${pathOf(file)}\n`;
    if (n > 0 && n % 200 === 0 && !onto) yield `reset refs/tags/v${n / 200}\nfrom ${branch}\n\n`;
  }
}

/** Which files each commit changes, and which commits change each file. */
function drawChanges(commits: number, random: () => number) {
  const filesOf: Set<number>[] = [];
  const commitsOf = new Map<number, number[]>();
  for (let n = 0; n < commits; n++) {
    const files = new Set<number>();
    const folder = Math.floor(random() * FOLDERS);
    for (let change = 0; change < CHANGES; change++) {
      // The first file of each folder is the big one.
      const place = random() < 0.5 ? 0 : Math.floor(random() * FILES_IN_FOLDER);
      files.add(folder + place * FOLDERS);
    }
    filesOf.push(files);
    for (const file of files) {
      const earlier = commitsOf.get(file);
      if (earlier) earlier.push(n);
      else commitsOf.set(file, [n]);
    }
  }
  return { filesOf, commitsOf };
}

function pathOf(file: number): string {
  return `module-${file % FOLDERS}/file-${file}.txt`;
}

/** None, if the file is not there yet. */
function readLines(repository: string, name: string): string[] {
  const { status, stdout } = spawnSync('git', ['cat-file', 'blob', name], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return status === 0 ? stdout.trimEnd().split('\n') : [];
}

function data(text: string): string {
  return `data ${text.length}\n${text}\n`;
}

const SYLLABLES = [
  'ka',
  'ri',
  'mo',
  'te',
  'su',
  'no',
  'ha',
  'ben',
  'dor',
  'lin',
  'var',
  'que',
  'zet',
  'ul',
  'fra',
  'gos',
];

function words(random: () => number, count: number): string {
  const one = () =>
    Array.from({ length: 1 + Math.floor(random() * 3) }, () => SYLLABLES[Math.floor(random() * 16)]).join('');
  return Array.from({ length: count }, one).join(' ');
}
