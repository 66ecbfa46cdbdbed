/** The ways to mirror that are compared, each as processes of its own. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keptCompiled } from '../../relay/bundle-hourglass.ts';
import { gitAside } from '../../relay/git.ts';

/** `peer`: the git-sync command, if one is given. `in halves`: the relay as two processes, with a file between them. */
export type Contestant = 'clone + push' | 'kept mirror' | 'relay' | 'in halves' | 'peer';

export interface Run {
  readonly contestant: Contestant;
  /** From the start of the first process to the end of the last. */
  readonly seconds: number;
  readonly bytesFromSource: number;
  /** The relay's own account of itself. */
  readonly relay?: {
    readonly result: string;
    readonly via: string;
    readonly seconds: number;
    readonly peakRssBytes: number;
  };
}

export interface Measurement {
  readonly work: string;
  readonly runs: readonly Run[];
}

export interface Addresses {
  readonly source: string;
  readonly destination: string;
  /** A folder for scratch, or for the kept mirror. */
  readonly disk: string;
  /** The hourglass command. */
  readonly program: string;
  /** One half of a mirror. */
  readonly half: string;
  /** The git-sync command. */
  readonly peer: string | undefined;
}

type Work = (addresses: Addresses) => Promise<Run['relay']>;

export const CONTESTANTS: Record<Contestant, Work> = {
  async 'clone + push'({ source, destination, disk }) {
    const clone = join(disk, 'clone.git');
    await gitAside(disk, 'clone', '--quiet', '--mirror', source, clone);
    await gitAside(clone, 'push', '--quiet', '--mirror', destination);
    return undefined;
  },
  async 'kept mirror'({ destination, disk }) {
    const kept = join(disk, 'kept.git');
    await gitAside(kept, 'fetch', '--quiet', '--prune', 'origin');
    await gitAside(kept, 'push', '--quiet', '--mirror', destination);
    return undefined;
  },
  async peer({ source, destination, peer }) {
    if (peer === undefined) throw new Error('no peer is given');
    await run(peer, ['replicate', '--tags', '--prune', source, destination]);
    return undefined;
  },
  async relay({ source, destination, program }) {
    const words = [program, 'mirror', source, destination, '--via', 'relay', '--json'];
    const output = await run(process.execPath, words, { ...process.env, ...keptCompiled(program) });
    const report = JSON.parse(output) as { result: string; via: string; durationMs: number; peakRssBytes: number };
    const { result, via, durationMs, peakRssBytes } = report;
    if (result !== 'mirrored' && result !== 'unchanged') throw new Error(`the relay has not mirrored: ${output}`);
    return { result, via, seconds: durationMs / 1000, peakRssBytes };
  },
  async 'in halves'({ source, destination, disk, half }) {
    const fetched = await runHalf(half, 'fetch', source, disk);
    if (fetched.result === 'same') return { via: 'halves', ...fetched, result: 'unchanged' };
    const pushed = await runHalf(half, 'push', destination, disk);
    if (pushed.result !== 'mirrored') throw new Error(`the second half has not mirrored: ${pushed.result}`);
    const seconds = fetched.seconds + pushed.seconds;
    return { ...pushed, via: 'halves', seconds, peakRssBytes: Math.max(fetched.peakRssBytes, pushed.peakRssBytes) };
  },
};

/** What a half says of itself. */
export async function runHalf(
  half: string,
  what: 'fetch' | 'push' | 'look',
  address: string,
  disk: string,
): Promise<{ result: string; seconds: number; peakRssBytes: number }> {
  return JSON.parse(await run(process.execPath, [half, what, address, disk]));
}

/** Takes the time and the source server's bytes of one run. */
export async function measure(contestant: Contestant, addresses: Addresses, bytesSent: () => number): Promise<Run> {
  const before = bytesSent();
  const startedMs = performance.now();
  const relay = await CONTESTANTS[contestant](addresses);
  const seconds = (performance.now() - startedMs) / 1000;
  await rm(join(addresses.disk, 'clone.git'), { recursive: true, force: true });
  return { contestant, seconds, bytesFromSource: bytesSent() - before, ...(relay ? { relay } : {}) };
}

function run(command: string, words: string[], env = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'], env });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with code ${code}: ${output}`));
    });
  });
}
