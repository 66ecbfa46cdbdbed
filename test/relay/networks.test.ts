/** Sources that can be reached only if one is given how: by an address, by a certificate authority of their own, in protocol v0. */
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { git, refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';
import { createCertificates } from './server/certificates.ts';

const NAME = 'git.onpremises.invalid';
const WAYS = ['relay', 'git'] as const;

let pair: Pair;
afterEach(() => pair?.close());

/** The source's URL under a name that nobody resolves. */
const named = (name = NAME) => `${pair.from.url.replace('127.0.0.1', name)}/source`;

describe('an http source whose name does not resolve', () => {
  it('is reached by its address, whichever the way', async () => {
    pair = await createPair();
    for (const via of WAYS) {
      await pair.commit('main', via);
      const sourceNetwork = { address: '127.0.0.1' };
      expect(await pair.mirror({ via, source: named(), sourceNetwork })).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
    }
  });

  it('is refused with an address that is none', async () => {
    pair = await createPair();
    for (const source of [named(), `ssh://git@${NAME}/source`]) {
      const outcome = await pair.mirror({ source, sourceNetwork: { address: 'localhost' } });
      expect(outcome).toMatchObject({ result: 'refused', message: 'the address "localhost" is not an IP address' });
    }
  });
});

describe("an https source with a company's own certificate", () => {
  let folder: string;
  let program: string;
  let tls: { key: string; cert: string };
  let caBundle: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hourglass-tls-'));
    caBundle = join(folder, 'ca.pem');
    const { server, authority, otherAuthority } = await createCertificates(NAME);
    tls = server;
    writeFileSync(caBundle, authority);
    writeFileSync(join(folder, 'others.pem'), otherAuthority);
    program = await bundledHourglass();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(WAYS)('is trusted by the bundle, given as text or as a file, and by nothing else (%s)', async (via) => {
    pair = await createPair({ sourceServer: { tls } });
    await pair.commit('main');
    const address = '127.0.0.1';
    // What the environment says of other hosts must not win.
    const environment = { ...process.env, GIT_SSL_CAINFO: join(folder, 'others.pem') };
    const stranger = await pair.mirror({ via, source: named(), sourceNetwork: { address }, environment });
    expect(stranger).toMatchObject({ result: 'failed', message: expect.stringMatching(/certificate/) });
    const elsewhere = await pair.mirror({ via, source: named('other.invalid'), sourceNetwork: { address, caBundle } });
    expect(elsewhere).toMatchObject({ result: 'failed', message: expect.stringMatching(/certificate|host name/) });
    expect(refsOf(pair.destination)).toEqual([]);
    for (const given of [caBundle, readFileSync(caBundle, 'utf8')]) {
      await pair.commit('main', given);
      const sourceNetwork = { address, caBundle: given };
      const outcome = await pair.mirror({ via, source: named(), sourceNetwork, environment });
      expect(outcome).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
    }
  });

  it.each(WAYS)('is what --source-ca-bundle and --source-address are for (%s)', async (via) => {
    pair = await createPair({ sourceServer: { tls } });
    await pair.commit('main');
    const words = ['mirror', named(), `${pair.to.url}/destination`, '--via', via, '--source-address', '127.0.0.1'];
    // The git command works in a folder of its own.
    const here = relative(process.cwd(), caBundle);
    const end = await runHourglass(program, [...words, '--source-ca-bundle', here]);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    pair.expectEqual();
    const missing = await runHourglass(program, [...words, '--source-ca-bundle', join(folder, 'none.pem')]);
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/^hourglass: --source-ca-bundle: ENOENT/) });
  });
});

describe('a source older than protocol v2', () => {
  it('is mirrored at first, after one commit, and after a rewrite, with as little', async () => {
    pair = await createPair({ sourceServer: { knowsOnlyV0: true } });
    const base = await pair.commit('main', 'base', { noise: randomBytes(100_000) });
    git(pair.source, 'tag', '-a', '-m', 'one', 'v1', base);
    expect(await pair.mirror()).toMatchObject({ result: 'mirrored', refs: { created: 2 }, defaultBranch: 'main' });
    pair.expectEqual();

    await pair.commit('main', 'two');
    const second = await pair.mirror();
    expect(second).toMatchObject({ result: 'mirrored', via: 'relay', why: [], refs: { updated: 1 } });
    expect(second.bytesFromSource).toBeLessThan(5_000);
    pair.expectEqual();

    const rewritten = git(pair.source, 'commit-tree', '-p', base, '-m', 'instead', 'main^{tree}');
    git(pair.source, 'update-ref', 'refs/heads/main', rewritten);
    const third = await pair.mirror();
    expect(third).toMatchObject({ result: 'mirrored', via: 'relay', why: [], refs: { updated: 1 } });
    expect(third.bytesFromSource).toBeLessThan(5_000);
    pair.expectEqual();
    // It really was asked in protocol v0, which has no such request.
    expect(pair.from.requests.map(({ phase }) => phase)).not.toContain('ls-refs');
    expect(await pair.mirror()).toMatchObject({ result: 'unchanged' });
  });

  it.each(['keep', 'fail'] as const)('knows a rewritten branch from a diverged one under `%s`', async (divergence) => {
    pair = await createPair({ sourceServer: { knowsOnlyV0: true } });
    const base = await pair.commit('main', 'base');
    await pair.commit('main', 'two');
    await pair.mirror();
    const rewritten = git(pair.source, 'commit-tree', '-p', base, '-m', 'instead', `${base}^{tree}`);
    git(pair.source, 'update-ref', 'refs/heads/main', rewritten);
    expect(await pair.mirror({ divergence })).toMatchObject({ result: 'mirrored', refs: { updated: 1 } });
    pair.expectEqual();

    const own = git(pair.destination, 'commit-tree', '-p', rewritten, '-m', 'own', `${base}^{tree}`);
    git(pair.destination, 'update-ref', 'refs/heads/main', own);
    await pair.commit('main', 'three');
    expect((await pair.mirror({ divergence })).result).toBe(divergence === 'keep' ? 'rejected' : 'refused');
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(own);
  });
});
