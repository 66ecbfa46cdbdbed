/** Git LFS pointers in a scratch repository: those of one commit's files. Each object is looked at once, in however many folders it lies. */
import { type GitContext, runGit } from './run-git.ts';

const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:.*\n)*?oid sha256:[0-9a-f]{64}\nsize \d+\n$/;
/** The specification's own bound, and what the shortest has. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const [LEAST_BYTES, MOST_BYTES] = [120, 1023];
/** Of so small files so many are read, at most. */
const MOST_FILES = 20_000;

/** @returns how many files are pointers that differ, and the path of one, one character a byte; undefined for none */
export async function findPointers(
  repository: string,
  head: string | undefined,
  tips: readonly string[],
  git: GitContext,
): Promise<{ readonly count: number; readonly example: string } | undefined> {
  const tip = head ?? tips[0];
  if (tip === undefined) return undefined;
  // Walking the folders as paths, as `git grep` and `git ls-tree` do, takes for ever where a dozen of them hold each other ten times.
  const listed = await ask(repository, ['rev-list', '--objects', '--no-walk', tip], '', git);
  const paths = new Map<string, string>();
  for (const line of listed.split('\n')) {
    const blank = line.indexOf(' ');
    if (blank > 0) paths.set(line.slice(0, blank), line.slice(blank + 1));
  }
  const format = '--batch-check=%(objectname) %(objecttype) %(objectsize)';
  const sized = await ask(repository, ['cat-file', format], linesOf(paths.keys()), git);
  const small = sized.split('\n').flatMap((line) => {
    const [oid = '', type, size] = line.split(' ');
    return type === 'blob' && Number(size) >= LEAST_BYTES && Number(size) <= MOST_BYTES ? [oid] : [];
  });
  const contents = await ask(repository, ['cat-file', '--batch'], linesOf(small.slice(0, MOST_FILES)), git);
  const found = pointersIn(contents);
  const [first] = found;
  return first === undefined ? undefined : { count: found.length, example: paths.get(first) ?? '' };
}

/** What git says; nothing where it fails, since a mirror does not depend on it. */
async function ask(repository: string, words: readonly string[], input: string, git: GitContext): Promise<string> {
  const end = await runGit(['--git-dir', repository, ...words], git, undefined, undefined, input);
  return end.code === 0 ? end.stdout : '';
}

function linesOf(oids: Iterable<string>): string {
  return [...oids].map((oid) => `${oid}\n`).join('');
}

/** *(id " blob " size LF content LF) */
function pointersIn(batch: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < batch.length; ) {
    const end = batch.indexOf('\n', at);
    const [oid = '', type, size] = batch.slice(at, end).split(' ');
    if (end < 0 || type !== 'blob') break;
    const next = end + 1 + Number(size);
    if (POINTER.test(batch.slice(end + 1, next))) found.push(oid);
    at = next + 1;
  }
  return found;
}
