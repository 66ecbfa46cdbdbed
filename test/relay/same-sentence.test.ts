/** Whatever the way and the protocol, what cannot be is said in the same words. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { MirrorOptions } from '@hourglass/relay';
import { afterEach, describe, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { createPair, type Pair, type PairOptions } from './pair.ts';

let pair: Pair;
afterEach(() => pair.close());

/** By the relay in protocol v2 and v0, and by git. */
const WAYS = [
  ['relay', false],
  ['relay', true],
  ['git', false],
  ['git', true],
] as const;

async function expectOfEach(
  options: PairOptions,
  make: () => Promise<Partial<MirrorOptions> | undefined>,
  sentence: string,
) {
  for (const [via, knowsOnlyV0] of WAYS) {
    pair = await createPair({ ...options, sourceServer: { knowsOnlyV0 } });
    const more = await make();
    const before = refsOf(pair.destination);
    const { result, message } = await pair.mirror({ via, ...more });
    expect([via, knowsOnlyV0, result, message?.replaceAll(pair.from.url, 'URL')]).toEqual([
      via,
      knowsOnlyV0,
      'refused',
      expect.stringContaining(sentence),
    ]);
    expect(refsOf(pair.destination)).toEqual(before);
    await pair.close();
  }
}

it('a shallow source', async () => {
  await expectOfEach(
    {},
    async () => {
      for (const text of ['one', 'two', 'three']) await pair.commit('main', text);
      const shallow = join(pair.scratch, 'left', 'shallow');
      git('/', 'clone', '--quiet', '--bare', '--depth=1', `file://${pair.source}`, shallow);
      return { source: `${pair.from.url}/shallow` };
    },
    'the source is a shallow clone, which holds only a part of its history, and cannot be mirrored',
  );
});

describe('other objects', () => {
  it.each([
    ['sha256', 'sha1', false],
    ['sha1', 'sha256', false],
    ['sha256', 'sha1', true],
  ] as const)('%s into %s (refs there: %s)', async (objectFormat, destinationFormat, hasRefs) => {
    await expectOfEach(
      { objectFormat, destinationFormat },
      async () => {
        await pair.commit('main');
        if (!hasRefs) return undefined;
        const tree = git(pair.destination, 'hash-object', '-w', '-t', 'tree', '/dev/null');
        git(pair.destination, 'update-ref', 'refs/heads/main', git(pair.destination, 'commit-tree', '-m', 'x', tree));
        return undefined;
      },
      `the source has ${objectFormat} objects and the destination ${destinationFormat} objects: no ref can be carried over`,
    );
  });
});

it('a source that is not there', async () => {
  await expectOfEach(
    {},
    async () => ({ source: `${pair.from.url}/nothing` }),
    'there is no repository at the source URL/nothing (404)',
  );
});

it('a source that does not know the user', async () => {
  const sourceAuth = { kind: 'basic', username: 'a', password: 'b' } as const;
  const auth = { source: { username: 'a', password: 'wr0ng' } };
  await expectOfEach({ sourceAuth }, async () => ({ auth }), 'the source does not accept the credentials (401)');
});

it('a source that is a web page', async () => {
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const source = `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`;
  await expectOfEach({}, async () => ({ source }), `the source ${source} does not speak git`);
  server.close();
});
