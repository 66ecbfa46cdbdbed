/** The destination's side of a push, over smart HTTP or a child process. */
import type http from 'node:http';
import { ProtocolViolation, RelayFailed } from '../errors.ts';
import { ByteReader } from '../protocol/byte-reader.ts';
import { type Advertisement, readAdvertisement } from '../protocol/capabilities.ts';
import { FLUSH, readPacket } from '../protocol/pkt-line.ts';
import { type PushReport, readReport } from '../protocol/report-status.ts';
import { GitProcess, type GitProcessOptions } from './git-process.ts';
import type { HttpClient } from './http-client.ts';
import { answerOf } from './http-connections.ts';
import { FIRST_BYTES, PushBody, WHOLE_BYTES } from './push-body.ts';
import { pause } from './retry.ts';
import { discoverByHttp } from './upload-pack.ts';

export interface ReportShape {
  readonly sideBand: boolean;
  readonly maxRefs: number;
  /** Is given what the destination says beside its report. */
  readonly onText?: (text: string) => void;
}

export interface ReceivePack {
  /** The refs and capabilities as they are now. */
  list(): Promise<Advertisement>;
  /** @param pack is asked for its first byte before the destination is */
  push(commands: Buffer, pack: AsyncIterable<Buffer> | undefined, shape: ReportShape): Promise<PushReport>;
  close(): Promise<void>;
}

const HEADERS = {
  'content-type': 'application/x-git-receive-pack-request',
  accept: 'application/x-git-receive-pack-result',
};
const POST = { method: 'POST', path: '/git-receive-pack', headers: HEADERS } as const;

export function receivePackByHttp(client: HttpClient): ReceivePack {
  // After a push in chunks has failed, as much as can be is sent in one piece.
  let holdsAll = false;
  return {
    async list() {
      const answer = await discoverByHttp(client, 'git-receive-pack', {});
      const first = await readPacket(answer.reader);
      if (first.type !== 'data' || !first.payload.toString('latin1').startsWith('# service=')) {
        throw new ProtocolViolation('the destination does not name its service');
      }
      if ((await readPacket(answer.reader)).type !== 'flush') throw new ProtocolViolation('a flush was due');
      const listed = await readAdvertisement(answer.reader, await readPacket(answer.reader));
      await answer.finish();
      return listed;
    },
    async push(commands, pack, shape) {
      const body = new PushBody(commands, pack);
      try {
        const heldBytes = holdsAll ? WHOLE_BYTES : Math.min(WHOLE_BYTES, commands.length + FIRST_BYTES);
        while (!body.complete && body.bytes <= heldBytes) await body.take();
        const response = body.complete
          ? await sendWhole(client, body)
          : await streamPush(client, body).catch((error: unknown) => {
              holdsAll = true;
              throw error;
            });
        await client.refusePage(response);
        return await readReport(new ByteReader(client.read(response)), shape);
      } finally {
        await body.drop();
      }
    },
    async close() {
      client.close();
    },
  };
}

function sendWhole(client: HttpClient, body: PushBody): Promise<http.IncomingMessage> {
  return client.send({ ...POST, body: body.kept() });
}

/**
 * Sends on what comes, so that the destination unpacks while the source still packs. As git does before a push in chunks, an empty push asks first
 * whether one may come. What is no bigger than `WHOLE_BYTES` is then sent whole where it could not pass in chunks.
 */
async function streamPush(client: HttpClient, body: PushBody): Promise<http.IncomingMessage> {
  let asked = false;
  const question = client.send({ ...POST, body: FLUSH }).then((response) => response.resume());
  question.finally(() => (asked = true)).catch(() => {});
  while (!asked && !body.complete && body.bytes <= WHOLE_BYTES) await body.take();
  await question;
  if (body.complete && body.isKept) return sendWhole(client, body);
  try {
    return await sendInChunks(client, body);
  } catch (error) {
    if (!(error instanceof RelayFailed) || SAME_IF_WHOLE.has(error.status ?? 0)) throw error;
    if (!(await body.keepsAll())) throw error;
    if (!(await pause(error.pauseMs ?? 0, client.options.signal))) throw error;
    return sendWhole(client, body);
  }
}

/** Too big, or too slow: not another way to send it, but less of it, would help. */
const SAME_IF_WHOLE = new Set([408, 413]);

async function sendInChunks(client: HttpClient, body: PushBody): Promise<http.IncomingMessage> {
  const request = await client.open(POST, undefined, true);
  const answer = answerOf(request);
  let refused = false;
  answer.then(
    (response) => {
      refused = response.statusCode !== 200;
    },
    () => {
      refused = true;
    },
  );
  try {
    for (let piece: Buffer | undefined = body.kept(); piece !== undefined && !refused; piece = await body.take()) {
      await writeChunk(client, request, piece);
    }
  } catch (error) {
    // Without its last chunk the body is incomplete, and the destination keeps its refs.
    request.destroy();
    throw error;
  }
  if (!refused) request.end();
  const response = await answer.catch((error: unknown) => {
    throw client.explain(error);
  });
  if (response.statusCode === 200) return response;
  const refusal = await client.refusal(response, 'POST');
  request.destroy();
  throw refusal;
}

async function writeChunk(client: HttpClient, request: http.ClientRequest, chunk: Buffer): Promise<void> {
  client.options.onWritten(chunk.length);
  if (request.write(chunk) || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      request.off('drain', go).off('close', go).off('response', go);
      resolve();
    };
    request.on('drain', go).on('close', go).on('response', go);
  });
}

export function receivePackByProcess(options: GitProcessOptions): ReceivePack {
  let ready: GitProcess | undefined;
  const open = async (): Promise<[GitProcess, Advertisement]> => {
    const child = new GitProcess(options);
    return [child, await readAdvertisement(child.reader, await readPacket(child.reader))];
  };
  const dismiss = async () => {
    const child = ready;
    ready = undefined;
    await child?.write(FLUSH);
    await child?.end();
  };
  return {
    async list() {
      await dismiss();
      const [child, listed] = await open();
      ready = child;
      return listed;
    },
    async push(commands, pack, shape) {
      const child = ready ?? (await open())[0];
      ready = undefined;
      try {
        const report = readReport(child.reader, shape);
        // Thrown below; until then its failure must not count as unhandled.
        report.catch(() => {});
        let first = true;
        for await (const chunk of pack ?? []) {
          if (first) await child.write(commands);
          first = false;
          await child.write(chunk);
        }
        if (first) await child.write(commands);
        const reported = await report;
        await child.end();
        return reported;
      } catch (error) {
        child.kill();
        throw error;
      }
    },
    close: dismiss,
  };
}
