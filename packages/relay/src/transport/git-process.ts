/**
 * `git upload-pack` or `git receive-pack` as a child process: here for a local path, at the other end of ssh for an ssh remote.
 *
 * Its output is read only as fast as it is asked for, and writing waits for the child to read.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { MirrorRefused, RelayFailed } from '../errors.ts';
import type { Network } from '../options.ts';
import { ByteReader } from '../protocol/byte-reader.ts';
import { printable } from '../protocol/pkt-line.ts';
import { decodeWords } from '../protocol/ref-name.ts';
import { createRedact } from '../redact.ts';
import type { Remote } from '../remote.ts';
import { gitEnvironment } from './git-environment.ts';
import { hostKeyComplaint, quote, type SshOptions, sshOptions } from './ssh.ts';

export interface GitProcessOptions {
  readonly remote: Exclude<Remote, { kind: 'http' }>;
  readonly side: 'source' | 'destination';
  readonly service: 'upload-pack' | 'receive-pack';
  readonly network: Network | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly scratchDir: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onRead: (bytes: number) => void;
  readonly onWritten: (bytes: number) => void;
}

const MAX_STDERR = 4000;

export class GitProcess {
  readonly reader: ByteReader;
  readonly #options: GitProcessOptions;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<string | undefined>;
  #ssh: SshOptions | undefined;
  #stderr = '';
  #killed = false;

  constructor(options: GitProcessOptions) {
    options.signal?.throwIfAborted();
    this.#options = options;
    const [program, ...words] = this.#command();
    const env = gitEnvironment(options.environment);
    if (options.service === 'upload-pack') env.GIT_PROTOCOL = 'version=2';
    const { spawn } = process.getBuiltinModule('node:child_process');
    this.#child = spawn(program ?? '', words, { env, stdio: 'pipe' });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.setEncoding('latin1').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(error.message));
      this.#child.once('close', (code, signalName) =>
        resolve(code === 0 ? undefined : `ended by ${signalName ?? code}`),
      );
    });
    const stop = () => this.kill();
    options.signal?.addEventListener('abort', stop, { once: true });
    this.#ended.then(() => {
      options.signal?.removeEventListener('abort', stop);
      this.#ssh?.remove();
    });
    this.reader = new ByteReader(this.#read());
  }

  /** Writes and waits until the child takes more. What it does not take any more shows in its end. */
  async write(bytes: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    if (!stdin.writable) return;
    this.#options.onWritten(bytes.length);
    if (stdin.write(bytes)) return;
    await new Promise<void>((resolve) => {
      const go = () => {
        stdin.off('drain', go).off('close', go).off('error', go);
        resolve();
      };
      stdin.on('drain', go).on('close', go).on('error', go);
    });
  }

  /** Signals to the child that nothing more comes, and waits for its end. */
  async end(): Promise<void> {
    this.#child.stdin.end();
    // How it ends is of no interest any more: what mattered has been said before.
    this.#killed = true;
    while ((await this.reader.readSome(65_536)) !== undefined);
    await this.#ended;
  }

  kill(): void {
    this.#killed = true;
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.kill();
    // Its end comes later, and what was written for it must not outlive the mirror.
    this.#ssh?.remove();
  }

  async *#read(): AsyncGenerator<Buffer, void, undefined> {
    let silent = true;
    for await (const chunk of this.#child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      silent = false;
      this.#options.onRead(chunk.length);
      yield chunk;
    }
    const failure = await this.#ended;
    this.#options.signal?.throwIfAborted();
    if (failure === undefined || this.#killed) return;
    const { side } = this.#options;
    const lines = decodeWords(this.#stderr)
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('hint:'));
    const said = hostKeyComplaint(this.#stderr) ?? createRedact([])(printable(lines.join('; ')) || failure);
    if (silent) throw new MirrorRefused(`the ${side} cannot be opened: ${said}`, 'access');
    throw new RelayFailed(`the ${side} has stopped: ${said}`);
  }

  #command(): string[] {
    const { remote, service, environment, network, scratchDir } = this.#options;
    if (remote.kind === 'local') return ['git', service, remote.path];
    const ssh = sshOptions(remote, network, scratchDir ?? process.getBuiltinModule('node:os').tmpdir());
    this.#ssh = ssh;
    const port = remote.port === undefined ? [] : ['-p', remote.port];
    // The server may let the variable through, or not: then it speaks protocol v0.
    const words = [
      ...ssh.words,
      '-o',
      'SendEnv=GIT_PROTOCOL',
      ...port,
      remote.login,
      `git-${service} ${quote(remote.path)}`,
    ];
    const command = environment.GIT_SSH_COMMAND;
    return command ? ['sh', '-c', `${command} "$@"`, 'ssh', ...words] : [environment.GIT_SSH || 'ssh', ...words];
  }
}
