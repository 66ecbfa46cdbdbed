/** What goes wrong between two servers: nothing is lost or clobbered, nothing is shown that must not be, and the next run heals. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CUTS, expectHealed, getAhead } from './cuts.ts';
import { git, refsOf } from './git.ts';
import { createPair, expectWhole, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
});
afterEach(() => pair.close());

describe('a connection that is cut', () => {
  // The relay pauses before it tries again; all cases at once take no longer than one. `cuts.proof.test.ts` has every place.
  it.concurrent.each(CUTS.filter((_, place) => place % 4 === 1))(
    'at the $at, $on, $side after $afterBytes bytes: refs are old or new, and the next run heals',
    (cut) => expectHealed(cut),
  );

  it('once, in the middle of the pack, does not fail the run', async () => {
    await getAhead(pair);
    pair.from.faults = { cut: { on: 'fetch', side: 'answer', afterBytes: 40_000, times: 1 } };
    expect(await pair.mirror({ via: 'auto' })).toMatchObject({ result: 'mirrored' });
    pair.expectEqual();
  });

  it('whose answer was lost after the push had worked is no failure', async () => {
    await getAhead(pair);
    pair.to.faults = { cut: { on: 'receive-pack', side: 'answer', afterBytes: 0, times: 1 } };
    expect(await pair.mirror({ via: 'auto' })).toMatchObject({ result: 'mirrored' });
    pair.expectEqual();
  });
});

describe('a destination', () => {
  it('whose ref moves between the look and the push is not clobbered, and the other refs are mirrored', async () => {
    await getAhead(pair);
    const base = git(pair.destination, 'rev-parse', 'main');
    let own = '';
    pair.to.faults = {
      before: {
        on: 'receive-pack',
        run: async () => {
          if (own) return;
          own = git(pair.destination, 'commit-tree', '-p', base, '-m', 'own', `${base}^{tree}`);
          git(pair.destination, 'update-ref', 'refs/heads/main', own);
        },
      },
    };
    const outcome = await pair.mirror();
    const rejected = [{ ref: 'refs/heads/main' }];
    expect(outcome).toMatchObject({ result: 'rejected', moved: true, refs: { rejected } });
    expect(git(pair.destination, 'rev-parse', 'main')).toBe(own);
    expect(git(pair.destination, 'rev-parse', 'new')).toBe(git(pair.source, 'rev-parse', 'new'));
    pair.to.faults = {};
    expect((await pair.mirror()).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('that refuses one ref gets the others, and the reason is reported', async () => {
    await pair.commit('main');
    await pair.commit('bad');
    const hook = `#!/bin/sh\n[ "$1" != refs/heads/bad ] || { echo "not this one" >&2; exit 1; }\n`;
    const { mkdir, writeFile } = await import('node:fs/promises');
    await mkdir(`${pair.destination}/hooks`, { recursive: true });
    await writeFile(`${pair.destination}/hooks/update`, hook, { mode: 0o755 });
    for (const via of ['relay', 'auto', 'git'] as const) {
      const outcome = await pair.mirror({ via });
      expect(outcome).toMatchObject({ result: 'rejected', moved: false });
      expect(outcome.refs.rejected).toEqual([{ ref: 'refs/heads/bad', reason: expect.stringMatching(/hook/) }]);
    }
    expect(refsOf(pair.destination).map((line) => line.split(' ')[1])).toEqual(['refs/heads/main']);
  });

  it.each(['announced', 'unannounced'] as const)(
    'that takes no thin packs (%s) gets a full one',
    async (refuseThin) => {
      const text = Array.from({ length: 20_000 }, (_, n) => `line ${n * 7919}\n`).join('');
      await pair.commit('main', 'one', { big: text });
      await pair.mirror();
      await pair.commit('main', 'two', { big: `${text}one more\n` });
      pair.to.faults = { refuseThin };
      const outcome = await pair.mirror({ via: 'auto' });
      expect(outcome).toMatchObject({
        result: 'mirrored',
        ...(refuseThin === 'unannounced' && { via: 'relay-full-pack' }),
      });
      if (refuseThin === 'unannounced') expect(outcome.why).toHaveLength(1);
      pair.expectEqual();
    },
  );

  it.each(['receive-advertisement', 'receive-pack'] as const)(
    'that says 429 at %s is asked again when it says',
    async (on) => {
      await getAhead(pair);
      pair.to.faults = { answer: { on, status: 429, retryAfterSeconds: 1, times: 1 } };
      const outcome = await pair.mirror();
      expect(outcome).toMatchObject({ result: 'mirrored' });
      expect(outcome.durationMs).toBeGreaterThanOrEqual(950);
      pair.expectEqual();
    },
  );

  it('that says 503 for good fails the run, keeps its refs and is named', async () => {
    await getAhead(pair);
    const before = refsOf(pair.destination);
    pair.to.faults = { answer: { on: 'receive-pack', status: 503, retryAfterSeconds: 0, times: 1000 } };
    const outcome = await pair.mirror();
    expect(outcome.result).toBe('failed');
    expect(`${outcome.message}`).toMatch(/503/);
    expect(refsOf(pair.destination)).toEqual(before);
    pair.to.faults = {};
    expect((await pair.mirror()).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('that answers nonsense does not pass for a success', async () => {
    await getAhead(pair);
    for (const change of [
      (body: Buffer) => body.subarray(0, body.length - 6),
      () => Buffer.from('<html>welcome</html>'),
      () => Buffer.from('ffff'),
      (body: Buffer) => Buffer.concat([Buffer.from('0000'), body]),
    ]) {
      pair.to.faults = { garble: { on: 'receive-advertisement', change } };
      const outcome = await pair.mirror();
      expect(['failed', 'refused']).toContain(outcome.result);
    }
    pair.to.faults = {};
    expect((await pair.mirror()).result).toBe('mirrored');
    pair.expectEqual();
  });
});

describe('a source', () => {
  it.each(['upload-advertisement', 'ls-refs', 'fetch'] as const)(
    'that says 503 or 429 at %s is asked again',
    async (on) => {
      await getAhead(pair);
      for (const status of [503, 429]) {
        pair.from.faults = { answer: { on, status, retryAfterSeconds: 0, times: 1 } };
        await pair.commit('main', `at ${status}`);
        expect(await pair.mirror()).toMatchObject({ result: 'mirrored' });
        pair.expectEqual();
      }
    },
  );

  it('whose list of refs is cut short or nonsense never deletes anything', async () => {
    await getAhead(pair);
    const before = refsOf(pair.destination);
    for (const change of [
      () => Buffer.alloc(0),
      () => Buffer.from('<html>please sign in</html>'),
      (body: Buffer) => body.subarray(0, body.indexOf('refs/heads/main')),
      (body: Buffer) => body.subarray(0, body.length - 4),
      (body: Buffer) => Buffer.from(body.toString('latin1').replaceAll('refs/heads/', 'refs\0heads/'), 'latin1'),
    ]) {
      pair.from.faults = { garble: { on: 'ls-refs', change } };
      expect(['failed', 'refused']).toContain((await pair.mirror({ via: 'relay' })).result);
      expect(refsOf(pair.destination)).toEqual(before);
    }
  });

  it('that moves while it is read is still carried whole', async () => {
    await getAhead(pair);
    let moved = false;
    pair.from.faults = {
      before: {
        on: 'fetch',
        run: async () => {
          if (moved) return;
          moved = true;
          git(pair.source, 'update-ref', 'refs/heads/main', git(pair.source, 'rev-parse', 'main~1'));
          await pair.commit('main', 'moved');
          git(pair.source, 'gc', '--quiet', '--prune=now');
        },
      },
    };
    const outcome = await pair.mirror({ via: 'auto' });
    expect(['mirrored', 'failed']).toContain(outcome.result);
    expectWhole(pair.destination);
    expect((await pair.mirror()).result).not.toBe('failed');
    pair.expectEqual();
  });
});
