/** The source's side of a fetch, over smart HTTP or a child process. */
import { MirrorRefused, NeedsGit } from '../errors.ts';
import { ByteReader } from '../protocol/byte-reader.ts';
import { printable } from '../protocol/pkt-line.ts';
import { GitProcess, type GitProcessOptions } from './git-process.ts';
import type { HttpClient } from './http-client.ts';

export interface Answer {
  readonly reader: ByteReader;
  /** After the last packet has been read: makes the connection ready for what comes next. */
  finish(): Promise<void>;
}

export interface UploadPack {
  /** Whether one connection carries the whole conversation. */
  readonly isStateful: boolean;
  /** Opens the conversation; the advertisement follows. */
  discover(): Promise<Answer>;
  /** @param version of the protocol that the advertisement was in */
  exchange(request: Buffer, version: 0 | 2): Promise<Answer>;
  close(): void;
}

export function uploadPackByHttp(client: HttpClient): UploadPack {
  return {
    isStateful: false,
    discover: () => discoverByHttp(client, 'git-upload-pack', { 'git-protocol': 'version=2' }),
    async exchange(body, version) {
      const headers = {
        'content-type': 'application/x-git-upload-pack-request',
        accept: 'application/x-git-upload-pack-result',
        ...(version === 2 ? { 'git-protocol': 'version=2' } : {}),
      };
      const response = await client.send({ method: 'POST', path: '/git-upload-pack', headers, body });
      await client.refusePage(response);
      return answerByHttp(client, response);
    },
    close: () => client.close(),
  };
}

/** Asks for the list of refs and capabilities of a service. @throws MirrorRefused if there is no git behind the address */
export async function discoverByHttp(
  client: HttpClient,
  service: 'git-upload-pack' | 'git-receive-pack',
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const response = await client.send({ method: 'GET', path: `/info/refs?service=${service}`, headers });
  const type = response.headers['content-type'] ?? 'no content type';
  if (!type.toLowerCase().startsWith(`application/x-${service}-advertisement`)) {
    const { side, url } = client.options;
    if (await isDumb(client, response)) {
      throw new NeedsGit(
        `the ${side} ${url} does not speak git smart HTTP, only the dumb kind, which git alone reads (--via git)`,
      );
    }
    throw new MirrorRefused(
      `the ${side} ${url} does not speak git smart HTTP: it answers with ${printable(type).slice(0, 80)}`,
    );
  }
  return answerByHttp(client, response);
}

/** A list of refs as a plain file, as `git update-server-info` writes it; of an empty repository it is empty. */
async function isDumb(client: HttpClient, response: Parameters<HttpClient['read']>[0]): Promise<boolean> {
  const reader = new ByteReader(client.read(response));
  const first = await reader.readSome(45).catch(() => Buffer.from('?'));
  response.destroy();
  if (first === undefined) return !/html/.test(response.headers['content-type'] ?? '');
  return /^[0-9a-f]{40}(?:\t|[0-9a-f])/.test(first.toString('latin1'));
}

function answerByHttp(client: HttpClient, response: Parameters<HttpClient['read']>[0]): Answer {
  const reader = new ByteReader(client.read(response));
  return {
    reader,
    // Read to its end, the connection can be used again.
    async finish() {
      if ((await reader.readSome(1)) !== undefined) await reader.close();
    },
  };
}

export function uploadPackByProcess(options: GitProcessOptions): UploadPack {
  const child = new GitProcess(options);
  const answer: Answer = { reader: child.reader, finish: async () => {} };
  return {
    isStateful: true,
    discover: async () => answer,
    async exchange(request) {
      // Not awaited: the child may answer before it has read everything.
      void child.write(request);
      return answer;
    },
    close: () => child.kill(),
  };
}
