/** Builds both ends of a mirror from what was asked, and counts what passes. */
import { MirrorRefused } from './errors.ts';
import type { MirrorOptions } from './options.ts';
import { parseRemote, type Remote } from './remote.ts';
import { Source } from './source.ts';
import { type Authorization, createAuthorization } from './transport/authorization.ts';
import type { GitProcessOptions } from './transport/git-process.ts';
import { HttpClient } from './transport/http-client.ts';
import { connectionOptions } from './transport/network.ts';
import { type ReceivePack, receivePackByHttp, receivePackByProcess } from './transport/receive-pack.ts';
import { uploadPackByHttp, uploadPackByProcess } from './transport/upload-pack.ts';

export interface Traffic {
  bytesFromSource: number;
  bytesToDestination: number;
}

export interface Side {
  readonly remote: Remote;
  /** undefined for what is not http. */
  readonly authorization: Authorization | undefined;
}

export interface Sides {
  readonly source: Side & { readonly git: Source };
  readonly destination: Side & { readonly git: ReceivePack };
  close(): Promise<void>;
}

/** Connects nothing yet. @throws MirrorRefused */
export function createSides(options: MirrorOptions, traffic: Traffic): Sides {
  const fromSource = {
    onRead(bytes: number) {
      traffic.bytesFromSource += bytes;
    },
    onWritten() {},
  };
  const toDestination = {
    onRead() {},
    onWritten(bytes: number) {
      traffic.bytesToDestination += bytes;
    },
  };
  const source = createSide('source', options);
  const destination = createSide('destination', options);
  refuseSame(source.remote, destination.remote);
  const git = new Source(() => {
    const { remote, client } = source;
    if (client !== undefined) return uploadPackByHttp(client(fromSource));
    return uploadPackByProcess({ ...processOptions('source', remote, options), ...fromSource });
  });
  const receivePack =
    destination.client === undefined
      ? receivePackByProcess({ ...processOptions('destination', destination.remote, options), ...toDestination })
      : receivePackByHttp(destination.client(toDestination));
  return {
    source: { ...source, git },
    destination: { ...destination, git: receivePack },
    async close() {
      git.close();
      await receivePack.close();
    },
  };
}

/** A mirror of itself could only lose something. */
function refuseSame(source: Remote, destination: Remote): void {
  const key = (remote: Remote) =>
    remote.kind === 'http'
      ? remote.url
      : remote.kind === 'ssh'
        ? [remote.login, remote.port, remote.path].join()
        : remote.path;
  if (source.kind === destination.kind && key(source) === key(destination)) {
    throw new MirrorRefused('source and destination are the same repository', 'input');
  }
}

type Counters = Pick<GitProcessOptions, 'onRead' | 'onWritten'>;

function createSide(side: 'source' | 'destination', options: MirrorOptions) {
  const nowMs = options.nowMs ?? Date.now;
  const remote = parseRemote(options[side], side, options.auth?.[side]);
  if (remote.kind !== 'http') return { remote, authorization: undefined, client: undefined };
  const { url, auth, profile } = remote;
  const authorization = createAuthorization(url, auth, nowMs, options.environment ?? process.env, profile);
  const connection = connectionOptions(networkOf(side, options));
  const client = (counters: Counters) =>
    new HttpClient({ side, url, authorization, connection, signal: options.signal, nowMs, ...counters });
  return { remote, authorization, client };
}

function processOptions(side: 'source' | 'destination', remote: Remote, options: MirrorOptions) {
  if (remote.kind === 'http') throw new TypeError('http has no process');
  return {
    remote,
    side,
    service: side === 'source' ? 'upload-pack' : 'receive-pack',
    network: networkOf(side, options),
    environment: options.environment ?? process.env,
    scratchDir: options.scratchDir,
    signal: options.signal,
  } as const;
}

/** How that side's host is reached. */
export function networkOf(side: 'source' | 'destination', options: MirrorOptions) {
  return side === 'source' ? options.sourceNetwork : options.destinationNetwork;
}
