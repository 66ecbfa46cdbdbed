/** Git LFS pointers in a scratch repository: those of one commit's files. */
import { type GitContext, runGit } from './run-git.ts';

const LINES = ['^version https://git-lfs\\.github\\.com/spec/v1$', '^oid sha256:[0-9a-f]{64}$', '^size [0-9]+$'];

/** @returns how many files are pointers, and the path of one, one character a byte; undefined for none */
export async function findPointers(
  repository: string,
  head: string | undefined,
  tips: readonly string[],
  git: GitContext,
): Promise<{ readonly count: number; readonly example: string } | undefined> {
  const tip = head ?? tips[0];
  if (tip === undefined) return undefined;
  const patterns = LINES.flatMap((line) => ['-e', line]);
  const words = ['--git-dir', repository, 'grep', '-z', '-l', '-I', '-E', '--all-match', ...patterns, tip];
  // Without a hit it ends with 1; a tag of something that has no files, with 128.
  const { stdout } = await runGit(words, git);
  const paths = stdout.split('\0').slice(0, -1);
  const [first] = paths;
  return first === undefined ? undefined : { count: paths.length, example: first.slice(tip.length + 1) };
}
