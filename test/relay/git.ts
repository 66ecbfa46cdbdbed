/** Git by hand, for building odd repositories and looking at what became of them. */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

const ENVIRONMENT = {
  ...process.env,
  GIT_AUTHOR_NAME: 'Hourglass',
  GIT_AUTHOR_EMAIL: 'hourglass@example.invalid',
  GIT_COMMITTER_NAME: 'Hourglass',
  GIT_COMMITTER_EMAIL: 'hourglass@example.invalid',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
};

/** Runs git in a folder and gives its output without the last line end. @throws with what git said */
export function git(dir: string, ...words: string[]): string {
  return gitWithInput(dir, '', ...words);
}

/** As `git`, for a command that talks to a server of this very process. */
export async function gitAside(dir: string, ...words: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', words, { cwd: dir, env: ENVIRONMENT, maxBuffer: 256 << 20 });
  return stdout.trimEnd();
}

export function gitWithInput(dir: string, input: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', words, {
    cwd: dir,
    input,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
    env: ENVIRONMENT,
  });
  if (status !== 0) throw new Error(`git ${words[0]}: ${stderr}`);
  return stdout.trimEnd();
}

/** Heads and tags of a repository, as `id name` lines with one character a byte: names are bytes. */
export function refsOf(dir: string): string[] {
  const words = ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads', 'refs/tags'];
  const { status, stdout, stderr } = spawnSync('git', words, { cwd: dir, maxBuffer: 256 << 20, env: ENVIRONMENT });
  if (status !== 0) throw new Error(`git for-each-ref: ${stderr}`);
  const lines = stdout.toString('latin1').trimEnd();
  return lines === '' ? [] : lines.split('\n');
}

/** Carries out `update-ref --stdin` lines, one character a byte. */
export function updateRefs(dir: string, lines: readonly string[]): void {
  const input = Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1');
  const { status, stderr } = spawnSync('git', ['update-ref', '--stdin'], { cwd: dir, input, env: ENVIRONMENT });
  if (status !== 0) throw new Error(`git update-ref: ${stderr}`);
}
