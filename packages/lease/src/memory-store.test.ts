import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-store.ts';
import { accept, step, testStore } from './store-suite.ts';

describe('the lease store in memory', () => {
  const store = createMemoryStore();
  testStore(
    () => store,
    (leaseId) => store.forgetPlaces(leaseId),
  );

  it('keeps every fact, oldest first', async () => {
    const own = createMemoryStore();
    expect(own.facts).toEqual([]);
    const first = await step(own, 'a', accept('x', 'r1'));
    const second = await step(own, 'b', accept('x', 'r1'));
    expect(own.facts).toEqual([...first.facts, ...second.facts]);
  });

  it('keeps the items in the order in which they came, whichever of them a write has seen', async () => {
    const own = createMemoryStore();
    await step(own, 'a', accept('x', 'r1'), accept('y', 'r2'));
    const part = await own.load('a', { taskKeys: ['mirror:x'], identities: [] });
    await own.commit(part, part, [], 0);
    expect([...(await own.load('a', { all: true })).items.keys()]).toEqual(['mirror:x', 'mirror:y']);
  });
});
