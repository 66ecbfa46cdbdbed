/** One git command, to its end, with what it said. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRedact } from '@hourglass/relay';
import { CommandFailed } from '../errors.ts';

/** A git command that ended badly; `message` is git's own, without credentials. */
export class GitFailed extends CommandFailed {
  override readonly name = 'GitFailed';
  readonly stderr: string;
  constructor(words: readonly string[], stderr: string) {
    super(hideCredentials(`git ${words[0]} failed: ${stderr.trim() || 'no message'}`));
    this.stderr = hideCredentials(stderr.trim());
  }
}

export interface RunGitOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** `own`: no configuration but the repository's; `users`: the person's too (proxies, credential helpers, safe.directory). */
  readonly configuration?: 'own' | 'users';
  /** How standard output is read; `latin1` gives one character a byte, for what is not text. */
  readonly encoding?: 'utf8' | 'latin1';
}

/**
 * Runs git and gives its standard output.
 * @throws GitFailed with git's message
 */
export async function runGit(words: readonly string[], options: RunGitOptions = {}): Promise<string> {
  const child = spawn('git', words, {
    env: gitEnvironment(options.configuration ?? 'own'),
    stdio: 'pipe',
    ...(options.cwd ? { cwd: options.cwd } : {}),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding(options.encoding ?? 'utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // git may end before it has read its input; its exit code says more than EPIPE.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const [code] = await once(child, 'close');
  if (code !== 0) throw new GitFailed(words, stderr);
  return stdout;
}

/** The environment for git: no prompt, English messages, no repository inherited from a hook or a caller. */
export function gitEnvironment(configuration: 'own' | 'users'): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_') || KEPT.has(name));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    ...(configuration === 'own' ? { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' } : {}),
  };
}

const KEPT = new Set(['GIT_EXEC_PATH', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM', 'GIT_SSH_COMMAND', 'GIT_SSL_CAINFO']);

/** Takes user and password out of every URL in a text, by the relay's own rule. */
export const hideCredentials = createRedact([]);
