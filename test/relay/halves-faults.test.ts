/** What goes wrong between the halves: the source, the store, the sink. Refs stay as they were, and the reason is named. */
import { randomBytes } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { ManifestInvalid, type PackStore, readManifest } from '@hourglass/relay/halves';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { type Fetched, fetchHalf, packFileIn, pushHalf } from './halves.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
  await pair.commit('main', 'one', { noise: randomBytes(60_000) });
});
afterEach(() => pair.close());

describe('a source', () => {
  it.each([
    { what: 'hangs before its refs', on: 'ls-refs' },
    { what: 'hangs before its pack', on: 'fetch' },
  ] as const)('that $what ends with the reason of the signal, and nothing is left', async ({ on }) => {
    const release = Promise.withResolvers<void>();
    const enough = new AbortController();
    const run = async () => {
      enough.abort(new Error('the source has not answered in time'));
      await release.promise;
    };
    pair.from.faults = { before: { on, run } };
    const { file, path } = packFileIn(pair);
    await expect(fetchHalf(pair, { signal: enough.signal }, { file, path })).rejects.toThrow(
      'has not answered in time',
    );
    expect(file.ended).not.toContain('complete');
    release.resolve();
  });

  it('that closes in the middle of its pack leaves nothing in the store', async () => {
    const { file, path } = packFileIn(pair);
    pair.from.faults = { cut: { on: 'fetch', side: 'answer', afterBytes: 40_000, times: 9 } };
    await expect(fetchHalf(pair, {}, { file, path })).rejects.toMatchObject({
      name: expect.stringMatching(/^(RelayFailed|ProtocolViolation)$/),
    });
    expect([file.parts.length > 0, file.ended]).toEqual([true, ['abort']]);
    await expect(readFile(path)).rejects.toThrow();
  });

  it('that sends a broken pack is reported, and nothing is left in the store', async () => {
    const { file, path } = packFileIn(pair);
    const change = (body: Buffer) => {
      const broken = Buffer.from(body);
      const at = broken.indexOf('PACK') + 30_000;
      broken[at] = (broken[at] ?? 0) ^ 1;
      return broken;
    };
    pair.from.faults = { garble: { on: 'fetch', change } };
    await expect(fetchHalf(pair, {}, { file, path })).rejects.toThrow(/the source has sent a broken pack/);
    expect(file.ended).toEqual(['abort']);
  });

  it('that has moved between its list and its pack is listed again', async () => {
    const first = await pair.commit('main', 'two');
    let once = false;
    pair.from.faults = {
      before: {
        on: 'fetch',
        run: async () => {
          if (once) return;
          once = true;
          git(pair.source, 'update-ref', 'refs/heads/main', `${first}~1`);
          git(pair.source, 'reflog', 'expire', '--expire=now', '--all');
          git(pair.source, 'gc', '--quiet', '--prune=now');
        },
      },
    };
    const fetched = await fetchHalf(pair);
    expect(fetched.manifest.refs).toEqual([['refs/heads/main', git(pair.source, 'rev-parse', 'main')]]);
    expect((await pushHalf(pair, fetched)).result).toBe('mirrored');
    pair.expectEqual();
  });
});

describe('a sink', () => {
  it('that refuses a part once, and the end once, is given them again', async () => {
    const { file, path } = packFileIn(pair);
    let refusals = 0;
    const busy = async () => {
      if (refusals++ % 2 === 0) throw new Error('SlowDown: please reduce your request rate');
    };
    const sink = {
      ...file.sink,
      write: (part: Parameters<typeof file.sink.write>[0]) => busy().then(() => file.sink.write(part)),
      complete: (pack: Parameters<typeof file.sink.complete>[0]) => busy().then(() => file.sink.complete(pack)),
    };
    const fetched = await fetchHalf(pair, {}, { file: { ...file, sink }, path });
    expect([file.parts.length, file.ended]).toEqual([4, ['complete']]);
    expect((await pushHalf(pair, fetched)).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('that goes on refusing is reported, without its secrets, and given up', async () => {
    const { file, path } = packFileIn(pair);
    const sink = {
      ...file.sink,
      write: async () => {
        throw new Error('AccessDenied\n for https://u:hunter22@s3.test/');
      },
    };
    await expect(fetchHalf(pair, {}, { file: { ...file, sink }, path })).rejects.toThrow(
      'part 1 of the pack could not be stored: AccessDenied for https://***@s3.test/',
    );
    expect(file.ended).toEqual(['abort']);
  });

  it('that hangs ends with the reason of the signal', async () => {
    const { file, path } = packFileIn(pair);
    const enough = new AbortController();
    const write = () => {
      enough.abort(new Error('enough'));
      return new Promise<void>(() => {});
    };
    const options = { signal: enough.signal };
    await expect(fetchHalf(pair, options, { file: { ...file, sink: { ...file.sink, write } }, path })).rejects.toThrow(
      'enough',
    );
    expect(file.ended).toEqual(['abort']);
  });
});

describe('a store', () => {
  const broken: { what: string; spoil: (fetched: Fetched) => Promise<void>; says: RegExp }[] = [
    { what: 'cut off', spoil: ({ path }) => truncate(path, 50_000), says: /ends after 50000 of \d+ bytes/ },
    {
      what: 'altered in one bit',
      async spoil({ path }) {
        const bytes = await readFile(path);
        bytes[40_000] = (bytes[40_000] ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
      says: /its SHA-256 is another/,
    },
    {
      what: 'longer than it was',
      spoil: async ({ path }) => writeFile(path, 'more', { flag: 'a' }),
      says: /longer than the \d+ bytes/,
    },
  ];
  it.each(broken)('whose pack is $what: refs are as they were, and the reason is named', async ({ spoil, says }) => {
    const fetched = await fetchHalf(pair);
    await spoil(fetched);
    const reported = await pushHalf(pair, fetched);
    expect(reported).toMatchObject({ result: 'failed', cause: 'store', message: expect.stringMatching(says) });
    expect(refsOf(pair.destination)).toEqual([]);
    expect((await pushHalf(pair, await fetchHalf(pair, reported.next))).result).toBe('mirrored');
  });

  it('whose pack is altered and too big to be held: the push is broken off before its last bytes', async () => {
    await pair.commit('big', 'big', { noise: randomBytes(3_000_000) });
    const fetched = await fetchHalf(pair, { partBytes: 1 << 20 });
    const bytes = await readFile(fetched.path);
    bytes[2_000_000] = (bytes[2_000_000] ?? 0) ^ 1;
    await writeFile(fetched.path, bytes);
    expect(await pushHalf(pair, fetched)).toMatchObject({ result: 'failed', cause: 'store' });
    const sent = pair.to.requests.filter(({ phase }) => phase === 'receive-pack').map(({ body }) => body.bytes);
    expect(Math.max(...sent)).toBeLessThan(bytes.length);
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('that breaks off now and then is read on from there', async () => {
    const fetched = await fetchHalf(pair);
    const asked: number[] = [];
    const store: PackStore = {
      async open(from) {
        asked.push(from);
        const bytes = (await readFile(fetched.path)).subarray(from, from + 25_000);
        return (async function* () {
          yield bytes;
          if (asked.length < 3) throw new Error('aborted');
        })();
      },
    };
    expect((await pushHalf(pair, fetched, { store })).result).toBe('mirrored');
    expect(asked).toEqual([0, 25_000, 50_000]);
    pair.expectEqual();
  });

  it('that refuses for good is reported', async () => {
    const store: PackStore = {
      async open() {
        throw new Error('AccessDenied');
      },
    };
    const reported = await pushHalf(pair, await fetchHalf(pair), { store });
    expect(reported).toMatchObject({ cause: 'store', message: 'the stored pack cannot be read: AccessDenied' });
  });

  it('that hangs ends with the reason of the signal', async () => {
    const enough = new AbortController();
    const store: PackStore = {
      open() {
        enough.abort(new Error('enough'));
        return new Promise(() => {});
      },
    };
    await expect(pushHalf(pair, await fetchHalf(pair), { store, signal: enough.signal })).rejects.toThrow('enough');
    expect(refsOf(pair.destination)).toEqual([]);
  });
});

describe('a destination', () => {
  it('that does not take a pack of this size says so: a smaller carrier is no help', async () => {
    pair.to.faults = { maxPushBytes: 30_000 };
    expect(await pushHalf(pair, await fetchHalf(pair))).toMatchObject({ result: 'failed', cause: 'size' });
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('whose answer was lost after the push had worked has been mirrored', async () => {
    pair.to.faults = { cut: { on: 'receive-pack', side: 'answer', afterBytes: 0, times: 1 } };
    expect((await pushHalf(pair, await fetchHalf(pair))).result).toBe('mirrored');
    pair.expectEqual();
  });
});

describe('a manifest', () => {
  const whole = {
    version: 1,
    objectFormat: 'sha1',
    selection: {},
    refs: [['refs/heads/main', 'a'.repeat(40)]],
    haves: [],
    pack: { bytes: 100, sha256: 'b'.repeat(64), objects: 1 },
  };
  it.each([
    ['cut off', JSON.stringify(whole).slice(0, -5), /no JSON, or was cut off/],
    ['of a later version', JSON.stringify({ ...whole, version: 2 }), /has version 2; only 1 is known/],
    ['of nothing', 'null', /cannot be used/],
    ['with an id that is none', JSON.stringify({ ...whole, haves: ['main'] }), /haves.0: no object id/],
    ['with ids of another format', JSON.stringify({ ...whole, objectFormat: 'sha256' }), /not sha256/],
    ['that names a ref twice', JSON.stringify({ ...whole, refs: [...whole.refs, ...whole.refs] }), /names a ref twice/],
    ['with a word that nobody knows', JSON.stringify({ ...whole, force: true }), /force/],
    [
      'with a name beyond bytes',
      JSON.stringify({ ...whole, refs: [['refs/heads/\u3000', 'a'.repeat(40)]] }),
      /no name of a ref/,
    ],
    ['with a pack of no bytes', JSON.stringify({ ...whole, pack: { ...whole.pack, bytes: 0 } }), /pack.bytes/],
  ])('%s is refused in words', (_, text, says) => {
    expect(() => readManifest(text)).toThrow(says);
    expect(() => readManifest(text)).toThrow(ManifestInvalid);
  });

  it('is read as it was written', () => {
    expect(readManifest(JSON.stringify(whole))).toEqual(whole);
  });
});
