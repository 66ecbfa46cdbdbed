/** Builds both ends of a mirror from what was asked, and counts what passes. */
import { MirrorRefused } from './errors.ts';
import type { Auth, MirrorOptions, Network } from './options.ts';
import { createRedact, hideSecrets, type Redact } from './redact.ts';
import { parseRemote, type Remote, sameKey } from './remote.ts';
import { Source } from './source.ts';
import { type Authorization, createAuthorization } from './transport/authorization.ts';
import type { GitProcessOptions } from './transport/git-process.ts';
import { rewriteAddress, secretsAround } from './transport/git-settings.ts';
import { HttpClient } from './transport/http-client.ts';
import { connectionOptions } from './transport/network.ts';
import { type ReceivePack, receivePackByHttp, receivePackByProcess } from './transport/receive-pack.ts';
import { uploadPackByHttp, uploadPackByProcess } from './transport/upload-pack.ts';

export interface Traffic {
  bytesFromSource: number;
  bytesToDestination: number;
}

export type SideName = 'source' | 'destination';

export interface Side {
  readonly side: SideName;
  readonly remote: Remote;
  /** undefined for what is not http. */
  readonly authorization: Authorization | undefined;
  /** What must never be shown, as far as it is known by now. */
  readonly secrets: () => string[];
}

export interface Sides {
  readonly source: Side & { readonly git: Source };
  readonly destination: Side & { readonly git: ReceivePack };
  close(): Promise<void>;
}

/** What both ends of a mirror have in common. */
export type Surroundings = Pick<MirrorOptions, 'nowMs' | 'environment' | 'scratchDir' | 'signal'>;

/** One end: where it is and how it is reached. */
export interface End {
  readonly address: string;
  readonly auth: Auth | undefined;
  readonly network: Network | undefined;
}

/** Connects nothing yet. @throws MirrorRefused */
export function createSides(options: MirrorOptions, traffic: Traffic): Sides {
  const source = createSource(endOf('source', options), options, traffic);
  const destination = createDestination(endOf('destination', options), options, traffic);
  refuseSame(source.remote, destination.remote);
  return {
    source,
    destination,
    async close() {
      source.git.close();
      await destination.git.close();
    },
  };
}

export function endOf(
  side: 'source' | 'destination',
  options: Partial<Pick<MirrorOptions, 'source' | 'destination'>> &
    Pick<MirrorOptions, 'auth' | 'sourceNetwork' | 'destinationNetwork'>,
): End {
  return { address: options[side] ?? '', auth: options.auth?.[side], network: networkOf(side, options) };
}

/** Connects nothing yet. @throws MirrorRefused */
export function createSource(
  end: End,
  around: Surroundings,
  traffic: Pick<Traffic, 'bytesFromSource'>,
): Sides['source'] {
  const counters = {
    onRead(bytes: number) {
      traffic.bytesFromSource += bytes;
    },
    onWritten() {},
  };
  const { client, ...side } = createSide('source', end, around);
  const git = new Source(() =>
    client !== undefined
      ? uploadPackByHttp(client(counters))
      : uploadPackByProcess({ ...processOptions('source', side.remote, end, around), ...counters }),
  );
  return { ...side, git };
}

/** Connects nothing yet. @throws MirrorRefused */
export function createDestination(
  end: End,
  around: Surroundings,
  traffic: Pick<Traffic, 'bytesToDestination'>,
): Sides['destination'] {
  const counters = {
    onRead() {},
    onWritten(bytes: number) {
      traffic.bytesToDestination += bytes;
    },
  };
  const { client, ...side } = createSide('destination', end, around);
  const git =
    client === undefined
      ? receivePackByProcess({ ...processOptions('destination', side.remote, end, around), ...counters })
      : receivePackByHttp(client(counters));
  return { ...side, git };
}

/** A mirror of itself could only lose something. */
function refuseSame(source: Remote, destination: Remote): void {
  if (sameKey(source) === sameKey(destination)) {
    throw new MirrorRefused('source and destination are the same repository', 'input');
  }
}

type Counters = Pick<GitProcessOptions, 'onRead' | 'onWritten'>;

function createSide(side: 'source' | 'destination', end: End, around: Surroundings) {
  const nowMs = around.nowMs ?? Date.now;
  const environment = around.environment ?? process.env;
  const remote = parseRemote(rewriteAddress(end.address, side, environment), side, end.auth);
  if (remote.kind !== 'http') return { side, remote, authorization: undefined, secrets: () => [], client: undefined };
  const { url, auth, profile } = remote;
  const authorization = createAuthorization(url, auth, nowMs, environment, profile);
  const connection = connectionOptions(end.network);
  const { signal } = around;
  const secrets = () => [...authorization.secrets(), ...secretsAround(url, environment)];
  const client = (counters: Counters) =>
    new HttpClient({ side, url, authorization, connection, environment, secrets, signal, nowMs, ...counters });
  return { side, remote, authorization, secrets, client };
}

function processOptions(side: 'source' | 'destination', remote: Remote, end: End, around: Surroundings) {
  if (remote.kind === 'http') throw new TypeError('http has no process');
  return {
    remote,
    side,
    service: side === 'source' ? 'upload-pack' : 'receive-pack',
    network: end.network,
    environment: around.environment ?? process.env,
    scratchDir: around.scratchDir,
    signal: around.signal,
  } as const;
}

/** How that side's host is reached. */
export function networkOf(
  side: 'source' | 'destination',
  options: Pick<MirrorOptions, 'sourceNetwork' | 'destinationNetwork'>,
) {
  return side === 'source' ? options.sourceNetwork : options.destinationNetwork;
}

/** Takes out what may never be shown of these sides, as far as it is known by then. */
export function createRedactFor(sides: readonly (Side | undefined)[]): Redact {
  const plain = createRedact([]);
  return (text) =>
    hideSecrets(
      plain(text),
      sides.flatMap((side) => side?.secrets() ?? []),
    );
}
