/**
 * git's own credential helpers, asked as git asks them: only after a server has said 401, and informed afterwards whether it worked.
 *
 *     git credential fill|approve|reject     key=value lines on standard input and output: protocol, host, path, username, password
 *
 * https://git-scm.com/docs/git-credential
 */
import { gitEnvironment } from './git-environment.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A helper may ask a person in a window of its own. */
const PATIENCE_MS = 120_000;

/** undefined if no helper knows any, or git is not there. */
export async function fillCredentials(
  url: string,
  username: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Login | undefined> {
  const said = await runCredential('fill', describe(url, username === undefined ? {} : { username }), environment);
  const found = Object.fromEntries(
    said.split('\n').map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
  );
  return found.username !== undefined && found.password
    ? { username: found.username, password: found.password }
    : undefined;
}

/** Lets helpers keep what has worked, and forget what has not. */
export async function judgeCredentials(
  verdict: 'approve' | 'reject',
  url: string,
  login: Login,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await runCredential(verdict, describe(url, { ...login }), environment);
}

function describe(url: string, more: Readonly<Record<string, string>>): string {
  const { protocol, host, pathname } = new URL(url);
  const all = { protocol: protocol.slice(0, -1), host, path: pathname.slice(1), ...more };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')}\n`;
}

function runCredential(
  word: string,
  input: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { tmpdir } = process.getBuiltinModule('node:os');
  return new Promise((resolve) => {
    // Not in the folder of the caller: what stands in a repository's configuration there is not meant.
    const env = gitEnvironment(environment);
    const child = spawn('git', ['credential', word], { cwd: tmpdir(), env, stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill(), PATIENCE_MS);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const end = (text: string) => {
      clearTimeout(timer);
      resolve(text);
    };
    child.once('error', () => end(''));
    child.once('close', (code) => end(code === 0 ? said : ''));
  });
}
