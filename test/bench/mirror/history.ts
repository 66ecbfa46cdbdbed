/** Histories for the bench, made by `git fast-import`: real texts would weigh about the same, and every run makes the same ones. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { git } from '../../relay/git.ts';

export interface HistoryOptions {
  readonly commits: number;
  /** Continues this branch; without it, the branch `main` is begun. */
  readonly onto?: string;
  /** Two histories of one seed are the same. */
  readonly seed: number;
}

const FILES = 3000;
/** Twenty files each: git's own repository has 4,847 files in 225 folders. Servers read all folders of a commit that a push builds on. */
const FOLDERS = 150;
const PARTS = 15;
const LINES = 60;
const EDITS = 3;

/** Writes commits that each change a few lines in three of up to 3,000 files. */
export async function writeHistory(repository: string, options: HistoryOptions): Promise<void> {
  const child = spawn('git', ['fast-import', '--quiet', '--done', '--date-format=raw'], {
    cwd: repository,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close');
  for (const piece of historyStream(options)) {
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

function* historyStream({ commits, onto, seed }: HistoryOptions): Generator<string> {
  const random = createRandom(seed);
  const files = new Map<string, string[]>();
  const branch = onto ?? 'refs/heads/main';
  const pick = (count: number) => Math.floor(random() * count);
  for (let n = 0; n < commits; n++) {
    const atSeconds = 1_600_000_000 + n * 600;
    const message = `Change ${seed}-${n}: ${words(random, 6)}\n`;
    const from = n === 0 && onto ? `from ${onto}^0\n` : '';
    yield `commit ${branch}\ncommitter Hourglass <hourglass@example.invalid> ${atSeconds} +0000\n${data(message)}${from}`;
    for (let change = 0; change < EDITS; change++) {
      // Half of the changes go to the few files that everybody edits.
      const file = random() < 0.5 ? pick(FILES / 20) : pick(FILES);
      const path = `${onto ? `later-${seed}` : 'src'}/part-${file % PARTS}/module-${file % FOLDERS}/file-${file}.txt`;
      const lines = files.get(path) ?? Array.from({ length: LINES }, () => words(random, 9));
      files.set(path, lines);
      for (let edit = 0; edit < 2; edit++) lines[pick(LINES)] = words(random, 9);
      yield `M 100644 inline ${path}\n${data(`${lines.join('\n')}\n`)}`;
    }
    if (n > 0 && n % 200 === 0 && !onto) yield `reset refs/tags/v${n / 200}\nfrom ${branch}\n\n`;
  }
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

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
