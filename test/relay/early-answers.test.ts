/** A server, or a front of it, that answers before it has read the request: what it says is shown, and acted on. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { writeNoise } from './noise-history.ts';
import { createPair, type Pair } from './pair.ts';
import { createCertificates } from './server/certificates.ts';

const NAME = 'git.onpremises.invalid';
let pair: Pair;
afterEach(() => pair.close());

async function open(options: Parameters<typeof createPair>[0] = {}): Promise<void> {
  pair = await createPair(options);
  for (const repository of [pair.source, pair.destination]) git(repository, 'config', 'core.compression', '0');
  git(pair.source, 'config', 'uploadpack.allowFilter', 'true');
}
const pushes = () => pair.to.requests.filter(({ phase }) => phase === 'receive-pack');
const isChunked = (headers: { 'transfer-encoding'?: string | undefined }) => headers['transfer-encoding'] === 'chunked';

describe('a push that is answered at once', () => {
  let certificates: Awaited<ReturnType<typeof createCertificates>>;
  beforeAll(async () => {
    certificates = await createCertificates(NAME);
  });

  it.each(['http', 'https'])(
    'with 413 (%s) goes on in slices, and the status and the text are shown',
    async (scheme) => {
      await open(scheme === 'https' ? { destinationServer: { tls: certificates.server } } : {});
      writeNoise(pair.source, { commits: 16, bytes: 100_000 });
      pair.to.faults = {
        early: { on: 'receive-pack', status: 413, text: 'at most 1 MB, please', isFor: isChunked, times: 100 },
        maxPushBytes: 1_000_000,
      };
      const result = await pair.mirror({
        destination: `${pair.to.url.replace('127.0.0.1', scheme === 'https' ? NAME : '127.0.0.1')}/destination`,
        destinationNetwork: { address: '127.0.0.1', caBundle: certificates.authority },
      });
      expect(result).toMatchObject({
        result: 'mirrored',
        via: 'relay-slices',
        why: ['relay: the destination answered 413: at most 1 MB, please'],
      });
      expect(pushes().filter(({ status }) => status === 413).length).toBeLessThan(8);
      pair.expectEqual();
    },
  );

  it('with 411 goes on in slices that have a length', async () => {
    await open();
    writeNoise(pair.source, { commits: 16, bytes: 100_000 });
    pair.to.faults = {
      early: { on: 'receive-pack', status: 411, text: 'length required', isFor: isChunked, times: 100 },
    };
    const result = await pair.mirror();
    expect(result).toMatchObject({
      result: 'mirrored',
      via: 'relay-slices',
      why: ['relay: the destination answered 411: length required'],
    });
    expect(pushes().filter(({ status }) => status === 411)).toHaveLength(1);
    pair.expectEqual();
  });

  it('with 408 goes on in slices', async () => {
    await open();
    writeNoise(pair.source, { commits: 16, bytes: 100_000 });
    pair.to.faults = {
      early: { on: 'receive-pack', status: 408, text: 'you are too slow', isFor: isChunked, times: 1 },
    };
    const result = await pair.mirror();
    expect(result).toMatchObject({
      result: 'mirrored',
      via: 'relay-slices',
      why: ['relay: the destination answered 408: you are too slow'],
    });
    pair.expectEqual();
  });

  it('although it is small and its connection was used before: the answer is shown, and nothing is tried five times', async () => {
    await open();
    await pair.commit('main');
    await pair.mirror();
    await pair.commit('main', 'two', { noise: Buffer.alloc(400_000, 'x') });
    pair.to.faults = {
      early: { on: 'receive-pack', status: 413, text: 'not even this', isFor: () => true, times: 100 },
    };
    const before = refsOf(pair.destination);
    const result = await pair.mirror();
    expect(result).toMatchObject({ result: 'failed', message: expect.stringContaining('413: not even this') });
    expect(pushes().filter(({ status }) => status === 413).length).toBeLessThan(5);
    expect(refsOf(pair.destination)).toEqual(before);
  });
});

describe('a request for a pack that is answered at once', () => {
  it.each([413, 411, 408])('with %i: status and text are shown', async (status) => {
    await open();
    // Enough haves that the request does not fit into what a connection takes at once.
    writeNoise(pair.source, { commits: 300, bytes: 10, tagEvery: 1 });
    await pair.mirror();
    await pair.commit('main', 'more');
    pair.from.faults = {
      early: {
        on: 'fetch',
        status,
        text: 'no such big requests',
        // Not the list of refs, which comes by the same address.
        isFor: (headers) => Number(headers['content-length']) > 5000,
        times: 100,
      },
    };
    expect(await pair.mirror()).toMatchObject({
      result: 'failed',
      message: `the source answered ${status}: no such big requests`,
    });
  });
});
