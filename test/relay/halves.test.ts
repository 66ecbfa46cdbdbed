/** A mirror in two halves that never see both servers: what arrives, what is packed, and what makes a pack stale. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listDestination, listSource } from '@hourglass/relay/halves';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, refsOf, updateRefs } from './git.ts';
import { fetchHalf, mirrorByHalves, packFileIn, pushHalf } from './halves.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

/** A commit of the destination's own, on the branch. */
function ownCommit(branch = 'main'): string {
  const base = git(pair.destination, 'rev-parse', branch);
  const own = git(pair.destination, 'commit-tree', '-p', base, '-m', 'own', `${base}^{tree}`);
  git(pair.destination, 'update-ref', `refs/heads/${branch}`, own);
  return own;
}

describe.each([
  { objectFormat: 'sha1' },
  { objectFormat: 'sha256' },
  { objectFormat: 'sha1', sourceServer: { knowsOnlyV0: true } },
] as const)('by $objectFormat, $sourceServer', (options) => {
  it('everything arrives in parts, then what is new only, and nothing at all once nothing is new', async () => {
    await pair.close();
    pair = await createPair(options);
    await pair.commit('main', 'one', { noise: randomBytes(60_000) });
    await pair.commit('other');
    const first = await mirrorByHalves(pair);
    expect(first.pushed).toMatchObject({ result: 'mirrored', refs: { created: 2 }, defaultBranch: 'main' });
    expect(first.file.parts.map(({ isLast }) => isLast)).toEqual([false, false, false, true]);
    expect(first.manifest.pack?.bytes).toBe((await readFile(first.path)).length);
    pair.expectEqual();

    const second = await pair.commit('main', 'two');
    const { haves, thin } = first.pushed.next;
    const known = first.pushed.fingerprint ?? '';
    const more = await mirrorByHalves(pair, { haves, thin, known });
    expect(more.pushed).toMatchObject({ result: 'mirrored', refs: { updated: 1 } });
    expect(more.file.parts).toMatchObject([{ number: 1, isLast: true }]);
    expect(more.manifest.pack?.bytes).toBeLessThan(2000);
    expect(more.pushed.next.haves).toContain(second);
    pair.expectEqual();

    const same = await fetchHalf(pair, { ...more.pushed.next, known: more.pushed.fingerprint ?? '' });
    expect(same.packed.outcome).toBe('same');
    expect(same.file).toMatchObject({ parts: [], ended: [] });
  });
});

describe('the source half', () => {
  it('packs nothing where only names have changed, and the names arrive', async () => {
    const first = await pair.commit('main');
    await pair.commit('gone');
    const { pushed } = await mirrorByHalves(pair);
    git(pair.source, 'update-ref', '-d', 'refs/heads/gone');
    git(pair.source, 'update-ref', 'refs/heads/also', first);
    const more = await mirrorByHalves(pair, { ...pushed.next, known: pushed.fingerprint ?? '' });
    expect(more.manifest.pack).toBeUndefined();
    expect(more.file.parts).toEqual([]);
    expect(more.pushed).toMatchObject({ result: 'mirrored', refs: { created: 1, deleted: 1 } });
    pair.expectEqual();
  });

  it('packs nothing for a branch that was set back to what the destination holds', async () => {
    const first = await pair.commit('main');
    await pair.commit('main', 'two');
    const { pushed } = await mirrorByHalves(pair);
    git(pair.source, 'update-ref', 'refs/heads/main', first);
    await pair.commit('kept', 'to have a tip that reaches it');
    git(pair.source, 'update-ref', 'refs/heads/kept', git(pair.destination, 'rev-parse', 'main'));
    const more = await mirrorByHalves(pair, pushed.next);
    expect(more.manifest).toMatchObject({ haves: pushed.next.haves });
    expect(more.manifest.pack).toBeUndefined();
    expect(more.pushed).toMatchObject({ result: 'mirrored', refs: { updated: 1, created: 1 } });
    pair.expectEqual();
  });

  it('gives another fingerprint for another commit, name, HEAD and selection, and the same for the same', async () => {
    const first = await pair.commit('main');
    const look = async (more = {}) => (await listSource({ source: `${pair.from.url}/source`, ...more })).fingerprint;
    const seen = [await look(), await look({ include: ['main'] }), await look({ map: ['main:trunk'] })];
    git(pair.source, 'update-ref', 'refs/heads/b', first);
    seen.push(await look());
    git(pair.source, 'symbolic-ref', 'HEAD', 'refs/heads/b');
    seen.push(await look());
    await pair.commit('b', 'more');
    seen.push(await look());
    expect(new Set(seen).size).toBe(6);
    expect(await look()).toBe(seen.at(-1));
  });

  it('hands over what it cannot read or must not carry, with the reason', async () => {
    await pair.commit('main', 'one', { noise: randomBytes(60_000) });
    await expect(fetchHalf(pair, { source: 'ssh://git@h.test/r' })).rejects.toMatchObject({ reason: 'ssh' });
    await expect(fetchHalf(pair, { source: 'git@h.test:r' })).rejects.toMatchObject({ reason: 'ssh' });
    const { file, ...rest } = packFileIn(pair);
    const big = fetchHalf(pair, { maxPackBytes: 20_000 }, { file, ...rest });
    await expect(big).rejects.toMatchObject({ name: 'CarrierLimit', reason: 'size' });
    expect(file.ended).toEqual(['abort']);

    const dumb = createServer((_, response) => response.setHeader('content-type', 'text/plain').end('0'.repeat(40)));
    await new Promise<void>((listening) => dumb.listen(0, '127.0.0.1', listening));
    try {
      const source = `http://127.0.0.1:${(dumb.address() as AddressInfo).port}/r`;
      await expect(fetchHalf(pair, { source })).rejects.toMatchObject({ name: 'CarrierLimit', reason: 'git' });
    } finally {
      dumb.close();
    }
  });

  it('refuses malformed numbers and ids, and an address that is none', async () => {
    for (const wrong of [{ partBytes: 0 }, { maxPackBytes: 1 }, { haves: ['main'] }, { source: '' }]) {
      await expect(fetchHalf(pair, wrong)).rejects.toMatchObject({ name: 'MirrorRefused', kind: 'input' });
    }
  });
});

describe('the destination half', () => {
  it('finds nothing to do when a pack comes twice, and does not read it', async () => {
    await pair.commit('main');
    const first = await mirrorByHalves(pair);
    const opened = first.file.opened.length;
    expect(await pushHalf(pair, first)).toMatchObject({
      result: 'unchanged',
      fingerprint: first.pushed.fingerprint,
      bytesToDestination: 0,
    });
    expect(first.file.opened).toHaveLength(opened);
  });

  it('pushes one pack several times where one push takes no more refs', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await pair.commit(name);
    const done = await mirrorByHalves(pair, {}, { maxRefsPerPush: 2 });
    expect(done.pushed).toMatchObject({ result: 'mirrored', refs: { created: 5 } });
    expect(done.file.opened).toEqual([0, 0, 0]);
    pair.expectEqual();
  });

  it('carries names that are not UTF-8, mapped ones, and leaves what is not selected', async () => {
    const first = await pair.commit('main');
    updateRefs(pair.source, [`create refs/heads/caf\xe9 ${first}`, `create refs/heads/caf\xe8 ${first}`]);
    const done = await mirrorByHalves(pair, { map: ['refs/heads/*:refs/heads/team/*'] });
    expect(done.pushed.refs.created).toBe(3);
    git(pair.destination, 'update-ref', 'refs/heads/own', first);
    expect(refsOf(pair.destination).map((line) => line.slice(41))).toEqual([
      'refs/heads/own',
      'refs/heads/team/caf\xe8',
      'refs/heads/team/caf\xe9',
      'refs/heads/team/main',
    ]);
    git(pair.source, 'update-ref', '-d', 'refs/heads/main');
    await mirrorByHalves(pair, { map: ['refs/heads/*:refs/heads/team/*'], ...done.pushed.next });
    expect(refsOf(pair.destination)).toHaveLength(3);
  });

  it('pushes nothing on ground that has gone, and the next request heals it', async () => {
    await pair.commit('main');
    const { pushed } = await mirrorByHalves(pair);
    await pair.commit('main', 'two');
    const fetched = await fetchHalf(pair, pushed.next);
    await pair.commit('elsewhere');
    git(pair.destination, 'fetch', '-q', pair.source, '+refs/heads/elsewhere:refs/heads/main');
    const before = refsOf(pair.destination);
    const stale = await pushHalf(pair, fetched);
    expect(stale).toMatchObject({ result: 'stale', message: expect.stringContaining('no longer shows') });
    expect([refsOf(pair.destination), fetched.file.opened]).toEqual([before, []]);
    expect((await mirrorByHalves(pair, stale.next)).pushed).toMatchObject({ result: 'mirrored' });
    pair.expectEqual();
  });

  it('does not clobber a ref that moves between look and push, and says that it has moved', async () => {
    await pair.commit('main');
    const { pushed } = await mirrorByHalves(pair);
    await pair.commit('main', 'two');
    const fetched = await fetchHalf(pair, pushed.next);
    let own = '';
    pair.to.faults = { before: { on: 'receive-pack', run: async () => (own ||= ownCommit()) } };
    expect(await pushHalf(pair, fetched)).toMatchObject({ result: 'rejected', moved: true });
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(own);
    pair.to.faults = {};
    const next = (await listDestination({ destination: `${pair.to.url}/destination` })).haves;
    expect((await mirrorByHalves(pair, { haves: next })).pushed.result).toBe('mirrored');
    pair.expectEqual();
  });

  it('asks after its look whether it may push, and pushes nothing if a newer attempt is there', async () => {
    await pair.commit('main');
    const fetched = await fetchHalf(pair);
    const asked: number[] = [];
    const mayPush = async () => asked.push(pair.to.requests.length) === 0;
    expect(await pushHalf(pair, fetched, { mayPush })).toMatchObject({ result: 'stale', bytesToDestination: 0 });
    expect([asked, refsOf(pair.destination)]).toEqual([[1], []]);
  });

  it('keeps, refuses or overwrites what only the destination has, once the source was asked about it', async () => {
    await pair.commit('main');
    const { pushed } = await mirrorByHalves(pair);
    const own = ownCommit();
    await pair.commit('main', 'two');
    const blind = await fetchHalf(pair, { ...pushed.next, namesKnown: true });
    const unasked = await pushHalf(pair, blind, { divergence: 'keep' });
    expect(unasked).toMatchObject({ result: 'stale', message: expect.stringContaining('not asked about') });
    const reported = await fetchHalf(pair, { ...unasked.next, namesKnown: true });
    await expect(pushHalf(pair, reported, { divergence: 'fail' })).rejects.toMatchObject({ kind: 'guard' });
    expect(await pushHalf(pair, reported, { divergence: 'keep' })).toMatchObject({ result: 'rejected', moved: false });
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(own);
    expect((await pushHalf(pair, reported)).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('has the guards of every mirror: an empty source, and other objects', async () => {
    await pair.commit('main');
    const fetched = await mirrorByHalves(pair);
    const empty = { ...fetched, manifest: { ...fetched.manifest, refs: [], haves: [] } };
    await expect(pushHalf(pair, empty)).rejects.toThrow(/an empty source never wipes a mirror/);
    const refs: [string, string][] = [['refs/heads/main', 'a'.repeat(64)]];
    const other = { ...empty, manifest: { ...empty.manifest, objectFormat: 'sha256' as const, refs } };
    await expect(pushHalf(pair, other)).rejects.toThrow(/sha256 objects and the destination sha1/);
    expect((await pushHalf(pair, empty, { allowMassDelete: true })).refs.deleted).toBe(1);
  });

  it('that takes no thin packs says so, or finds out, and is served the next time', async () => {
    await pair.commit('main', 'one', { f: 'x\n'.repeat(5000) });
    const { pushed } = await mirrorByHalves(pair);
    await pair.commit('main', 'two', { f: `${'x\n'.repeat(5000)}y\n` });
    pair.to.faults = { refuseThin: 'unannounced' };
    const refused = await mirrorByHalves(pair, pushed.next);
    expect(refused.pushed).toMatchObject({ result: 'failed', cause: 'thin', next: { thin: false } });
    expect((await mirrorByHalves(pair, refused.pushed.next)).pushed.result).toBe('mirrored');
    pair.to.faults = { refuseThin: 'announced' };
    expect(await pushHalf(pair, refused)).toMatchObject({ result: 'unchanged', next: { thin: false } });
    pair.expectEqual();
  });
});
