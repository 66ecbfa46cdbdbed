/** The git command as the fallback uses it: one remote at a time, credentials by the environment only, never a prompt. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MirrorRefused, RelayFailed } from '../errors.ts';
import type { Network } from '../options.ts';
import { printable } from '../protocol/pkt-line.ts';
import { bytesOf, decodeBytes, decodeWords } from '../protocol/ref-name.ts';
import { createRedactFor, type Side, type SideName } from '../sides.ts';
import { gitEnvironment } from '../transport/git-environment.ts';
import { PROXY_LOGIN } from '../transport/proxy.ts';
import { plainRedirect, unfollowedRedirect } from '../transport/redirect.ts';
import { hostKeyComplaint, quote, sshOptions } from '../transport/ssh.ts';

export interface GitContext {
  /** The scratch folder of this mirror. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
}

export interface GitEnd {
  readonly code: number | null;
  /** One character a byte. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Answers git's question for credentials from the environment; it says nothing else. */
const HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$RELAY_USER" "$RELAY_PASSWORD"; }; f';
const MAX_STDERR = 8000;

/** What git is given as the remote, in its arguments: an address without credentials. */
export function remoteAddress({ remote }: Side): string {
  if (remote.kind === 'http') return remote.url;
  if (remote.kind === 'local') return remote.path;
  // In the scp-like form, so that a path that does not begin with a slash stays as it is; the port is ssh's own option.
  return `${remote.login.replace(/[^@]*:.*$/, (host) => `[${host}]`)}:${remote.path}`;
}

/**
 * Runs git for one side (or none). `input` and `names`, the last arguments, have one character a byte. Node gives a program nothing but
 * UTF-8 as arguments, so others reach git by a shell that reads them.
 * @throws RelayFailed if git cannot be started; the signal's reason
 */
export async function runGit(
  words: readonly string[],
  context: GitContext,
  side?: Side,
  network?: Network,
  input = '',
  names: readonly string[] = [],
): Promise<GitEnd> {
  context.signal?.throwIfAborted();
  const { settings, env, remove } = await access(context, side, network);
  const configured = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const arguments_ = [...configured, ...words];
  const isPlain = names.every((name) => bytesOf(decodeBytes(name)) === name);
  const [program, given] = isPlain
    ? ['git', [...arguments_, ...names.map(decodeBytes)]]
    : ['sh', ['-c', 'eval "exec git $(cat)"']];
  if (!isPlain) input = [...arguments_.map(bytesOf), ...names].map(quote).join(' ');
  const child = spawn(program, given, {
    cwd: context.folder,
    env: { ...gitEnvironment(context.environment), GIT_CEILING_DIRECTORIES: context.folder, ...env },
    stdio: 'pipe',
    // With its own group, its ssh and its helpers can be stopped with it.
    detached: true,
  });
  const stop = () => child.pid !== undefined && killGroup(child.pid);
  context.signal?.addEventListener('abort', stop, { once: true });
  child.stdin.on('error', () => {});
  child.stdin.end(input, 'latin1');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    stderr += text;
    // From a blank on: half a secret would not be known for one.
    if (stderr.length > 2 * MAX_STDERR) stderr = stderr.slice(-MAX_STDERR).replace(/^\S+/, '');
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('close', resolve);
      child.once('error', (error) => reject(new RelayFailed(`git cannot be started: ${error.message}`)));
    });
    context.signal?.throwIfAborted();
    return { code, stdout, stderr: createRedactFor([side])(decodeWords(stderr)) };
  } finally {
    context.signal?.removeEventListener('abort', stop);
    remove();
  }
}

/** As `runGit`, for what must succeed. @throws RelayFailed with what git said */
export async function runGitOrFail(doing: string, ...given: Parameters<typeof runGit>): Promise<GitEnd> {
  const end = await runGit(...given);
  const at = given[2];
  if (end.code !== 0) throw gitFailure(doing, end, at);
  return end;
}

/** As the relay says it, where it says the same. @param at the side that git was speaking to */
export function gitFailure(doing: string, end: GitEnd, at?: Side): Error {
  const untrusted = hostKeyComplaint(end.stderr);
  if (untrusted !== undefined) return new MirrorRefused(`${doing} failed: ${untrusted}`, 'access');
  const lines = end.stderr.split(/[\n\r]/).filter((line) => /^(fatal|error|remote): /.test(line));
  const said =
    printable([...new Set(lines.map((line) => line.trim()))].join('; ')) || `git ended with code ${end.code}`;
  const refused = /Authentication failed|could not read (Username|Password)|Permission denied|error: 403/.test(
    end.stderr,
  );
  const plain = at?.remote.kind === 'http' ? sentenceOf(end.stderr, at.side, at.remote.url) : undefined;
  if (plain !== undefined) return new MirrorRefused(`${plain.sentence}: ${said}`, plain.kind);
  if (refused) return new MirrorRefused(`${doing} failed, the credentials are not accepted: ${said}`, 'access');
  if (at?.remote.kind === 'http' && /Protocol "?http"? (?:not supported|disabled)/i.test(end.stderr)) {
    return plainRedirect(at.side);
  }
  // The list of refs is what git follows a redirect for.
  if (at !== undefined && /unable to access.*returned error: 30[1-8]/.test(end.stderr)) {
    return unfollowedRedirect(at.side, at.authorization?.token === undefined ? 'configuration' : 'token');
  }
  const byProxy = /error: 407|response 407|Proxy CONNECT aborted/.test(end.stderr) ? `; ${PROXY_LOGIN}` : '';
  const [, status] = /returned error: (\d{3})/.exec(end.stderr) ?? [];
  return new RelayFailed(`${doing} failed: ${said}${byProxy}`, status === undefined ? undefined : Number(status));
}

function sentenceOf(
  stderr: string,
  side: SideName,
  url: string,
): { readonly sentence: string; readonly kind: MirrorRefused['kind'] } | undefined {
  if (/Authentication failed|could not read (Username|Password)/.test(stderr)) {
    return { sentence: `the ${side} does not accept the credentials (401)`, kind: 'access' };
  }
  if (/error: 403/.test(stderr)) return { sentence: `the ${side} forbids this (403)`, kind: 'access' };
  if (/^fatal: repository '.*' not found/m.test(stderr)) {
    const kind = side === 'source' ? 'absent' : 'access';
    return { sentence: `there is no repository at the ${side} ${url} (404)`, kind };
  }
  if (/info\/refs not valid: is this a git repository/.test(stderr)) {
    return { sentence: `the ${side} ${url} does not speak git`, kind: 'guard' };
  }
  return undefined;
}

/** Settings that may be seen by everybody, and an environment for what may not. */
async function access(context: GitContext, side: Side | undefined, network: Network | undefined) {
  const settings: [string, string][] = [];
  const env: Record<string, string> = {};
  let remove = () => {};
  const remote = side?.remote;
  if (remote?.kind === 'ssh') {
    const ssh = sshOptions(remote, network, context.folder);
    remove = ssh.remove;
    const port = remote.port === undefined ? [] : ['-p', remote.port];
    env.GIT_SSH_COMMAND = [context.environment.GIT_SSH_COMMAND ?? 'ssh', ...[...ssh.words, ...port].map(quote)].join(
      ' ',
    );
  }
  if (remote?.kind === 'http') {
    const { hostname, port, protocol, origin } = new URL(remote.url);
    if (protocol === 'https:') {
      // git would follow a redirect to http. What the environment allows goes before a setting.
      const allowed = context.environment.GIT_ALLOW_PROTOCOL;
      if (allowed === undefined) settings.push(['protocol.http.allow', 'never']);
      else
        env.GIT_ALLOW_PROTOCOL = allowed
          .split(':')
          .filter((name) => name !== 'http')
          .join(':');
    }
    if (network?.address !== undefined) {
      // A given address is reached directly, as by the relay.
      settings.push(['http.proxy', '']);
      settings.push([
        'http.curloptResolve',
        `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}:${network.address}`,
      ]);
    }
    if (network?.caBundle !== undefined) {
      const [file, removeFile] = bundleFile(network.caBundle, context.folder);
      remove = removeFile;
      // In the environment, where it wins over one that the caller's environment has.
      env.GIT_SSL_CAINFO = file;
    }
    const login = await side?.authorization?.login();
    if (login !== undefined) {
      // For this host alone, wherever it redirects to.
      settings.push(['credential.helper', ''], [`credential.${origin}.helper`, HELPER]);
      env.RELAY_USER = login.username;
      env.RELAY_PASSWORD = login.password;
    }
    const token = side?.authorization?.token;
    if (token !== undefined) {
      // Behind what the caller's environment has.
      const n = Number(context.environment.GIT_CONFIG_COUNT) || 0;
      env.GIT_CONFIG_COUNT = `${n + 1}`;
      env[`GIT_CONFIG_KEY_${n}`] = 'http.extraHeader';
      env[`GIT_CONFIG_VALUE_${n}`] = `Authorization: Bearer ${token}`;
      // git would send it to wherever a redirect leads.
      settings.push(['http.followRedirects', 'false']);
    }
  }
  return { settings, env, remove };
}

function bundleFile(given: string, folder: string): [string, () => void] {
  if (!given.includes('-----BEGIN')) return [given, () => {}];
  const own = mkdtempSync(join(folder, 'ca-'));
  const file = join(own, 'ca.pem');
  writeFileSync(file, given);
  return [file, () => rmSync(own, { recursive: true, force: true })];
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // Nobody of the group is left.
  }
}
