/** The source of a mirror: lists its refs, says what it knows, gives packs. */
import { MirrorRefused, ProtocolViolation } from './errors.ts';
import { ByteReader } from './protocol/byte-reader.ts';
import { readAdvertisement } from './protocol/capabilities.ts';
import { encodeFetchV0, readFetchAnswerV0 } from './protocol/fetch-v0.ts';
import { encodeFetch, type FetchRequest, readFetchAnswer, SHALLOW_SOURCE } from './protocol/fetch-v2.ts';
import { encodeLsRefs, readLsRefs } from './protocol/ls-refs.ts';
import type { ObjectFormat, Refs } from './protocol/object-id.ts';
import { readPackHeader } from './protocol/pack.ts';
import { readPacket } from './protocol/pkt-line.ts';
import { readSideBand } from './protocol/side-band.ts';
import { readV2Capabilities, type V2Capabilities } from './protocol/v2-capabilities.ts';
import type { Answer, UploadPack } from './transport/upload-pack.ts';

export interface SourceRefs {
  readonly refs: Refs;
  readonly objectFormat: ObjectFormat;
  readonly headTarget: string | undefined;
}

export interface Pack {
  readonly objects: number;
  /** Header included; to be read once, to its end or `return`. */
  readonly bytes: AsyncIterable<Buffer>;
  /** Those haves that the source knows: what the pack builds on. undefined: it was not asked. */
  readonly common?: ReadonlySet<string>;
}

export type PackRequest = Omit<FetchRequest, 'done' | 'waitForDone' | 'depth'> & {
  /** The source is certain to have every have: nothing is to be negotiated. */
  readonly certain?: boolean;
  /** The pack says which haves are common: where nothing else is to be negotiated, that costs a round trip. */
  readonly namesCommon?: boolean;
};

/** What a source can do that a mirror in slices needs. */
export interface Offers {
  /** Whether it gives packs of any commit, not only of what a ref shows. */
  readonly anyCommit: boolean;
  readonly depth: boolean;
  readonly filter: boolean;
}

/** Haves of the first round; each further round has four times as many, until the source is content. */
const FIRST_ROUND = 256;
/** So few are named without a question, with `done`: 100 kB at most, and a source passes over what it does not know. */
const ALL_AT_ONCE = 2048;
/** Many wants are mostly many tags, each near another tip: a round trip costs more than so many lines. */
const MOST_AT_FIRST = 8192;

type Hello =
  | { readonly version: 2; readonly capabilities: V2Capabilities }
  | { readonly version: 0; readonly capabilities: ReadonlyMap<string, string>; readonly listed: SourceRefs };

export class Source {
  readonly #open: () => UploadPack;
  #connection: UploadPack | undefined;
  #hello: Hello | undefined;

  constructor(open: () => UploadPack) {
    this.#open = open;
  }

  /** Lists at least the refs with these prefixes. @throws MirrorRefused, RelayFailed */
  async list(prefixes: readonly string[]): Promise<SourceRefs> {
    this.close();
    const { connection, hello } = await this.#connect();
    if (hello.version === 0) return hello.listed;
    const answer = await connection.exchange(encodeLsRefs(hello.capabilities, prefixes), 2);
    const listed = await readLsRefs(answer.reader);
    await answer.finish();
    return { ...listed, objectFormat: hello.capabilities.objectFormat };
  }

  /** Those of the objects that the source has. @param want any object that it lists */
  async findKnown(want: string, objects: readonly string[]): Promise<ReadonlySet<string>> {
    const { connection, hello } = await this.#connect();
    const request = { wants: [want], haves: objects, thin: false, ofsDelta: false, done: false };
    if (hello.version === 0) {
      const answer = await connection.exchange(encodeFetchV0(hello.capabilities, request), 0);
      const { common } = await readFetchAnswerV0(answer.reader, false);
      this.close();
      return common;
    }
    const { waitForDone } = hello.capabilities;
    const answer = await connection.exchange(encodeFetch(hello.capabilities, { ...request, waitForDone }), 2);
    const { common, packFollows } = await readFetchAnswer(answer.reader);
    // A server that cannot wait begins with a pack that nobody has asked for.
    if (packFollows) this.close();
    else await answer.finish();
    return common;
  }

  async offers(): Promise<Offers> {
    const { hello } = await this.#connect();
    if (hello.version === 0) return { anyCommit: false, depth: false, filter: false };
    return { anyCommit: true, depth: hello.capabilities.shallow, filter: hello.capabilities.filter };
  }

  /**
   * The commits that are so far from the nearest tip and have parents; none if no history goes further back.
   * @param depth 1 for the tips themselves
   * @throws SourceMoved, RelayFailed
   */
  async findAtDepth(tips: readonly string[], depth: number): Promise<readonly string[]> {
    const { connection, hello } = await this.#connect();
    if (hello.version === 0) throw new ProtocolViolation('the source has no depths in protocol v0');
    // Who has the tips is sent no objects: all that is wanted stands before the pack.
    const request = { wants: tips, haves: tips, thin: false, ofsDelta: false, done: true, depth };
    const answer = await connection.exchange(encodeFetch(hello.capabilities, request), 2);
    const { shallow, packFollows } = await readFetchAnswer(answer.reader, true);
    if (packFollows) for await (const _ of readSideBand(answer.reader));
    await answer.finish();
    return shallow;
  }

  /** A pack of one commit without those before it, its folders before its files; undefined where a source cannot give it. */
  async fetchAlone(commit: string): Promise<Pack | undefined> {
    const { connection, hello } = await this.#connect();
    if (hello.version === 0 || !hello.capabilities.shallow) return undefined;
    const filter = hello.capabilities.filter ? { filter: 'blob:none' } : {};
    const request = { wants: [commit], haves: [], thin: false, ofsDelta: true, done: true, depth: 1, ...filter };
    const answer = await connection.exchange(encodeFetch(hello.capabilities, request), 2);
    const { packFollows } = await readFetchAnswer(answer.reader, true);
    return packFollows ? await this.#readPack(answer) : undefined;
  }

  /** Asks for a pack of what the wants reach and the haves do not. @throws SourceMoved, RelayFailed */
  async fetchPack(request: PackRequest): Promise<Pack> {
    const { connection, hello } = await this.#connect();
    try {
      if (hello.version === 0) {
        const answer = await connection.exchange(encodeFetchV0(hello.capabilities, { ...request, done: true }), 0);
        const { common, firstPacket } = await readFetchAnswerV0(answer.reader, true);
        return { ...(await this.#readPack(answer, firstPacket)), common };
      }
      const { answer, common } = await negotiate(connection, hello.capabilities, request);
      return { ...(await this.#readPack(answer)), ...(common && { common }) };
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#hello = undefined;
  }

  async #readPack(answer: Answer, first?: number): Promise<Pack> {
    const reader = new ByteReader(readSideBand(answer.reader, first === undefined ? {} : { first }));
    const { header, objects } = await readPackHeader(reader);
    return { objects, bytes: this.#packBytes(header, reader, answer) };
  }

  async *#packBytes(header: Buffer, reader: ByteReader, answer: Answer): AsyncGenerator<Buffer, void, undefined> {
    let complete = false;
    try {
      yield header;
      for (;;) {
        const piece = await reader.readSome(Number.MAX_SAFE_INTEGER);
        if (piece === undefined) break;
        yield piece;
      }
      await answer.finish();
      complete = true;
    } finally {
      // Protocol v0 over one connection ends with its pack.
      if (!complete || (this.#hello?.version === 0 && this.#connection?.isStateful)) this.close();
    }
  }

  async #connect(): Promise<{ connection: UploadPack; hello: Hello }> {
    const connection = this.#connection ?? this.#open();
    this.#connection = connection;
    this.#hello ??= await readHello(connection);
    return { connection, hello: this.#hello };
  }
}

async function readHello(connection: UploadPack): Promise<Hello> {
  const answer = await connection.discover();
  const { reader } = answer;
  let first = await readPacket(reader);
  if (first.type === 'data' && first.payload.toString('latin1', 0, 10) === '# service=') {
    if ((await readPacket(reader)).type !== 'flush') throw new ProtocolViolation('a flush was due');
    first = await readPacket(reader);
  }
  let hello: Hello;
  if (first.type === 'data' && first.payload.toString('latin1').trimEnd() === 'version 2') {
    hello = { version: 2, capabilities: await readV2Capabilities(reader) };
  } else {
    const { refs, capabilities, objectFormat, headTarget, isShallow } = await readAdvertisement(reader, first);
    if (isShallow) throw new MirrorRefused(SHALLOW_SOURCE);
    hello = { version: 0, capabilities, listed: { refs, objectFormat, headTarget } };
  }
  await answer.finish();
  return hello;
}

/** Names haves, round by round, until the source says that it has enough of them, or there are no more. */
async function negotiate(
  connection: UploadPack,
  capabilities: V2Capabilities,
  request: PackRequest,
): Promise<{ answer: Answer; common?: ReadonlySet<string> }> {
  if (request.haves.length <= ALL_AT_ONCE && !request.namesCommon && !request.certain) {
    return { answer: await askForPack(connection, capabilities, request, request.haves) };
  }
  const common = new Set<string>();
  if (request.certain) for (const oid of request.haves) common.add(oid);
  const first = Math.min(MOST_AT_FIRST, Math.max(FIRST_ROUND, 2 * request.wants.length));
  for (let from = common.size, size = first; from < request.haves.length; from += size, size *= 4) {
    const haves = [...common, ...request.haves.slice(from, from + size)];
    const answer = await connection.exchange(encodeFetch(capabilities, { ...request, haves, done: false }), 2);
    const said = await readFetchAnswer(answer.reader);
    for (const oid of said.common) common.add(oid);
    if (said.packFollows) return { answer, common };
    await answer.finish();
  }
  return { answer: await askForPack(connection, capabilities, request, [...common]), common };
}

async function askForPack(
  connection: UploadPack,
  capabilities: V2Capabilities,
  request: PackRequest,
  haves: readonly string[],
): Promise<Answer> {
  const answer = await connection.exchange(encodeFetch(capabilities, { ...request, haves, done: true }), 2);
  const { packFollows } = await readFetchAnswer(answer.reader);
  if (!packFollows) throw new ProtocolViolation('the source has not sent a pack');
  return answer;
}
