/** The parsers against what they were made for, and against anything at all: a value or a clear error, never a hang or a crash. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MirrorRefused, RelayFailed } from '../errors.ts';
import { ByteReader } from './byte-reader.ts';
import { readAdvertisement } from './capabilities.ts';
import { readFetchAnswerV0 } from './fetch-v0.ts';
import { readFetchAnswer } from './fetch-v2.ts';
import { readLsRefs } from './ls-refs.ts';
import { emptyPack, readPackHeader } from './pack.ts';
import { DELIM, encodeLine, FLUSH, MAX_PAYLOAD, readPacket } from './pkt-line.ts';
import { readReport } from './report-status.ts';
import { readSideBand } from './side-band.ts';
import { readV2Capabilities } from './v2-capabilities.ts';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
/** A stream that comes in pieces of these sizes, over and over. */
function streamOf(bytes: Uint8Array, sizes: readonly number[] = [bytes.length]): ByteReader {
  return new ByteReader(
    (async function* () {
      for (let at = 0, n = 0; at < bytes.length; n++) {
        const size = Math.max(1, sizes[n % sizes.length] ?? 1);
        yield bytes.subarray(at, at + size);
        at += size;
      }
    })(),
  );
}
const lines = (...given: (string | Buffer)[]) =>
  Buffer.concat(given.map((line) => (typeof line === 'string' ? encodeLine(line) : line)));
async function gather(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });

describe('packet lines', () => {
  it('are read as they were written, however the stream is cut into pieces', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 })), sizes, async (payloads, cuts) => {
        const reader = streamOf(Buffer.concat([...payloads.map((payload) => encodeLine(payload)), FLUSH]), cuts);
        for (const payload of payloads) {
          expect(await readPacket(reader)).toEqual({ type: 'data', payload: Buffer.from(payload) });
        }
        expect(await readPacket(reader)).toEqual({ type: 'flush' });
        expect(await readPacket(reader)).toEqual({ type: 'end' });
      }),
    ));

  it('hold no more than git allows, in both directions', async () => {
    expect(() => encodeLine(Buffer.alloc(MAX_PAYLOAD + 1))).toThrow(RangeError);
    expect(encodeLine(Buffer.alloc(MAX_PAYLOAD)).subarray(0, 4).toString()).toBe('fff0');
    for (const bad of ['fff1', 'ffff', '0003', '00g0', '-001', '<htm']) {
      await expect(readPacket(streamOf(Buffer.from(bad)))).rejects.toThrow(RelayFailed);
    }
  });

  it('that are cut off are reported as that', async () => {
    await expect(readPacket(streamOf(Buffer.from('00')))).rejects.toThrow(/cut off/);
    await expect(readPacket(streamOf(Buffer.from('0009abc')))).rejects.toThrow(/cut off/);
  });
});

describe('anything at all', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'NAK\n',
            'ready\n',
            'packfile\n',
            'acknowledgments\n',
            'unpack ok\n',
            'version 2\n',
            'ok refs/x\n',
          ),
          fc.constantFrom(
            `ACK ${A} common\n`,
            `ACK ${A}\n`,
            `${A} refs/heads/x\n`,
            `${A} HEAD\0symref=HEAD:x\n`,
            'ng x y',
          ),
          fc.string({ maxLength: 60 }),
          fc.constantFrom(FLUSH, DELIM, Buffer.from('0002')),
        ),
      )
      .map((parts) => lines(...parts)),
  );
  const parsers: Record<string, (reader: ByteReader) => Promise<unknown>> = {
    'an advertisement': async (reader) => readAdvertisement(reader, await readPacket(reader)),
    'capabilities of v2': readV2Capabilities,
    'a list of refs': readLsRefs,
    'an answer of v2': readFetchAnswer,
    'an answer of v0': (reader) => readFetchAnswerV0(reader, true),
    'a report': (reader) => readReport(reader, { sideBand: false, maxRefs: 3 }),
    'a report in a side band': (reader) => readReport(reader, { sideBand: true, maxRefs: 3 }),
    'a side band': (reader) => gather(readSideBand(reader)),
    'a pack': readPackHeader,
  };
  it.each(Object.entries(parsers))('read as %s is a value or a clear error', (_name, parse) =>
    fc.assert(
      fc.asyncProperty(hostile, sizes, async (bytes, cuts) => {
        const outcome = await parse(streamOf(bytes, cuts)).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          expect(outcome instanceof RelayFailed || outcome instanceof MirrorRefused, String(outcome.stack)).toBe(true);
          expect(outcome.message).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 300 },
    ),
  );
});

describe('an advertisement', () => {
  it('of receive-pack gives refs, capabilities and other objects', async () => {
    const bytes = lines(`${A} refs/heads/main\0report-status delete-refs object-format=sha1\n`, `${B} .have\n`, FLUSH);
    const reader = streamOf(bytes);
    const listed = await readAdvertisement(reader, await readPacket(reader));
    expect([...listed.refs]).toEqual([['refs/heads/main', A]]);
    expect(listed.alsoHas).toEqual([B]);
    expect([...listed.capabilities.keys()]).toEqual(['report-status', 'delete-refs', 'object-format']);
  });

  it('that ends without a flush is never taken for a short list', async () => {
    const reader = streamOf(lines(`${A} refs/heads/main\0report-status\n`));
    await expect(readAdvertisement(reader, await readPacket(reader))).rejects.toThrow(/cut off/);
    await expect(readLsRefs(streamOf(lines(`${A} refs/heads/main\n`)))).rejects.toThrow(/cut off/);
  });
});

describe('an answer to a fetch', () => {
  it('says what is common and whether the pack follows', async () => {
    const ready = lines('acknowledgments\n', `ACK ${A}\n`, 'ready\n', DELIM, 'packfile\n');
    expect(await readFetchAnswer(streamOf(ready))).toEqual({ common: new Set([A]), shallow: [], packFollows: true });
    const nak = lines('acknowledgments\n', 'NAK\n', FLUSH);
    expect(await readFetchAnswer(streamOf(nak))).toEqual({ common: new Set(), shallow: [], packFollows: false });
  });

  it('of a shallow source is refused, and one of a source that moved says so', async () => {
    await expect(readFetchAnswer(streamOf(lines('shallow-info\n', `shallow ${A}\n`)))).rejects.toThrow(MirrorRefused);
    const deepened = lines('shallow-info\n', `shallow ${A}\n`, DELIM, 'packfile\n');
    expect(await readFetchAnswer(streamOf(deepened), true)).toMatchObject({ shallow: [A], packFollows: true });
    const gone = lines(`ERR upload-pack: not our ref ${A}`);
    await expect(readFetchAnswer(streamOf(gone))).rejects.toMatchObject({ name: 'SourceMoved' });
  });

  it('in protocol v0 ends with its last acknowledgment', async () => {
    const bytes = lines(`ACK ${A} common\n`, `ACK ${B} ready\n`, `ACK ${A}\n`, Buffer.from('0009\x01PACK'));
    expect(await readFetchAnswerV0(streamOf(bytes), true)).toEqual({ common: new Set([A]), firstPacket: 5 });
    expect((await readFetchAnswerV0(streamOf(lines('NAK\n', Buffer.from('0009\x01PACK'))), true)).firstPacket).toBe(5);
  });
});

describe('a side band', () => {
  it('gives its data whatever the pieces, and its texts apart', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 90 })), sizes, async (data, cuts) => {
        const texts: string[] = [];
        const packets = data.flatMap((bytes) => [Buffer.concat([Buffer.from([1]), bytes]), Buffer.from('\x02hello')]);
        const reader = streamOf(lines(...packets.map((packet) => encodeLine(packet)), FLUSH), cuts);
        const onText = (text: string) => texts.push(text);
        expect(await gather(readSideBand(reader, { onText }))).toEqual(Buffer.concat(data));
        expect(texts).toEqual(data.map(() => 'hello'));
      }),
    ));

  it('that is cut off or has a fatal error is an error', async () => {
    const cut = lines(Buffer.from('\x01abc'));
    await expect(gather(readSideBand(streamOf(encodeLine(cut))))).rejects.toThrow(RelayFailed);
    const fatal = streamOf(encodeLine('\x03out of disk\n'));
    await expect(gather(readSideBand(fatal))).rejects.toThrow('the other side says: out of disk');
  });
});

describe('a report', () => {
  const report = lines('unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b hook declined\n', FLUSH);
  it.each([false, true])('reports accepted and rejected refs (side band: %s)', async (sideBand) => {
    const bytes = sideBand ? lines(encodeLine(Buffer.concat([Buffer.from([1]), report])), FLUSH) : report;
    const reported = await readReport(streamOf(bytes, [3]), { sideBand, maxRefs: 2 });
    expect(reported.unpackError).toBeUndefined();
    expect([...reported.accepted]).toEqual(['refs/heads/a']);
    expect([...reported.rejected]).toEqual([['refs/heads/b', 'hook declined']]);
  });

  it('on more refs than were sent is refused', async () => {
    await expect(readReport(streamOf(report), { sideBand: false, maxRefs: 1 })).rejects.toThrow(/more refs/);
  });
});

it('an empty pack is a header of no objects and its checksum', async () => {
  expect((await readPackHeader(streamOf(emptyPack('sha1')))).objects).toBe(0);
  expect([emptyPack('sha1').length, emptyPack('sha256').length]).toEqual([32, 44]);
  expect(emptyPack('sha1').subarray(12).toString('hex')).toBe('029d08823bd8a8eab510ad6ac75c823cfd3ed31e');
});
