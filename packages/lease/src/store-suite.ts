/**
 * What every store of leases must do, whatever it stands on: the contract of `LeaseStore`, as tests. For the test files of the
 * implementations only.
 */
import { beforeEach, expect, it } from 'vitest';
import { advance, type LeaseEffects } from './advance.ts';
import type { Command, TaskOutcome } from './commands.ts';
import type { LeaseState } from './lease.ts';
import { mendPlaces } from './mend-places.ts';
import { placeOf } from './orders.ts';
import { request, STACK } from './scenario.fixture.ts';
import { defaultSettings } from './settings.ts';
import { LeaseConflict, type LeaseStore, MAX_ENDS_PER_WRITE, MAX_ITEMS_PER_WRITE, type Scope } from './store.ts';
import type { TaskItem } from './task.ts';

const all = { all: true } as const;

export const accept = (repository: string, requestId: string): Command => ({
  type: 'requestAccepted',
  request: request(repository, requestId),
});

export const claim = (repository: string, token: string): Command => ({
  type: 'taskClaimed',
  taskKey: `mirror:${repository}`,
  token,
  parameters: { cluster: 'c', overrides: [{ name: 'task' }] },
  work: {
    kind: 'mirror',
    repository,
    sourceUrl: `https://git.test/${repository}`,
    destination: 'd',
    rememberedTips: [],
    timeLimitSeconds: 60,
  },
});

export const open: Command[] = [
  { type: 'creationAsked', fence: 1 },
  { type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 0 },
];

function effectsOver(store: LeaseStore): LeaseEffects {
  return {
    store,
    settings: { ...defaultSettings, maxParallelTasks: 1_000 },
    timers: { create: async () => {}, delete: async () => {} },
    nowMs: () => 1_000,
    announceLeft: async () => true,
    pauseBeforeRetry: async () => {},
  };
}

/** Decides these commands on what is stored, and writes the decision. */
export const step = (store: LeaseStore, leaseId: string, ...commands: Command[]) =>
  advance(effectsOver(store), leaseId, all, () => commands);

/**
 * The tests, to be put into a `describe` of the implementation's own. `given` is asked in each of them for the one store of all; `forgetPlaces` deletes all
 * places of a lease, and the counts that came with them, as one that was stored before has none.
 */
export function testStore(given: () => LeaseStore, forgetPlaces: (leaseId: string) => Promise<void>): void {
  let store: LeaseStore;
  let leaseId: string;
  let leases = 0;

  beforeEach(() => {
    store = given();
    leases += 1;
    leaseId = `lease-${leases}`;
  });

  const write = (...commands: Command[]) => step(store, leaseId, ...commands);
  const keysOf = async (scope: Scope) => [...(await store.load(leaseId, scope)).items.keys()].sort();
  const finish = (repository: string, token: string, outcome: TaskOutcome): Command => ({
    type: 'taskFinished',
    taskKey: `mirror:${repository}`,
    token,
    outcome,
  });

  it('gives a new lease where none was written', async () => {
    const state = await store.load(leaseId, all);
    expect(state.lease).toMatchObject({ leaseId, phase: 'closed', fence: 0, version: 0, timer: null });
    expect(state.items.size).toBe(0);
  });

  it('gives back exactly what was written', async () => {
    const { state } = await write(accept('a', 'r1'), accept('b', 'r2'), ...open, claim('a', `${leaseId}-t1`));
    const loaded = await store.load(leaseId, all);
    expect(loaded.lease).toEqual(state.lease);
    expect(loaded.items).toEqual(state.items);
    expect(loaded.lease).toMatchObject({ version: 1, pending: 1, running: 1, phase: 'open' });
  });

  it('gives only the items asked for, and which requests it has seen; one id serves for several tasks', async () => {
    await write(accept('a', 'r1'), accept('b', 'r2'));
    const state = await store.load(leaseId, {
      taskKeys: ['mirror:b', 'mirror:c'],
      identities: ['mirror:a#r1', 'mirror:b#r1'],
    });
    expect([...state.items.keys()]).toEqual(['mirror:b']);
    expect([...state.seen]).toEqual(['mirror:a#r1']);
    expect(state.complete).toBe(false);
    expect(state.lease.pending).toBe(2);
  });

  it('keeps the seen ids of one lease apart from those of another', async () => {
    await write(accept('a', 'r1'));
    const other = await store.load(`${leaseId}-other`, { taskKeys: ['mirror:a'], identities: ['mirror:a#r1'] });
    expect([...other.seen, ...other.items.keys()]).toEqual([]);
  });

  it('keeps the news of a write until they are cleared, by its version and the oldest first; a write without news leaves nothing', async () => {
    await write(accept('a', 'r1'), ...open);
    await write(claim('a', `${leaseId}-t1`));
    await write({ type: 'taskStarted', taskKey: 'mirror:a', token: `${leaseId}-t1`, taskArn: 'task-1' });
    const outbox = await store.readOutbox(leaseId, 10);
    expect(outbox.map(({ version, writtenAtMs }) => [version, writtenAtMs])).toEqual([
      [1, 1_000],
      [3, 1_000],
    ]);
    expect(outbox.map(({ news }) => news.map(({ type }) => type))).toEqual([
      ['requestRemembered', 'leaseOpened'],
      ['taskStarted'],
    ]);
    expect(outbox[1]?.news).toMatchObject([{ request: { requestId: 'r1' }, taskArn: 'task-1' }]);
    expect((await store.readOutbox(leaseId, 1)).map(({ version }) => version)).toEqual([1]);
    await store.clearOutbox(leaseId, 1);
    await store.clearOutbox(leaseId, 1);
    expect((await store.readOutbox(leaseId, 10)).map(({ version }) => version)).toEqual([3]);
    expect(await store.readOutbox(`${leaseId}-other`, 10)).toEqual([]);
  });

  it('refuses a write from a version that is no longer the lease, and writes none of it', async () => {
    const before = await store.load(leaseId, all);
    await write(accept('a', 'r1'));
    const after = { ...before, lease: { ...before.lease, fence: 99 } };
    const facts = [
      {
        type: 'requestRemembered' as const,
        taskKey: 'mirror:z',
        request: request('z', 'r9'),
        as: 'pending' as const,
        joins: 'r9',
      },
    ];
    const conflict = store.commit(before, after, facts, 0);
    await expect(conflict).rejects.toThrow(LeaseConflict);
    await expect(conflict).rejects.toMatchObject({
      name: 'LeaseConflict',
      message: `Lease ${leaseId} is no longer at version 0.`,
    });
    const { lease, seen } = await store.load(leaseId, { taskKeys: [], identities: ['mirror:z#r9'] });
    expect(lease).toMatchObject({ version: 1, fence: 1 });
    expect([...seen]).toEqual([]);
  });

  it('counts exactly, however many handlers write at once', async () => {
    const writers = Array.from({ length: 6 }, (_, n) => write(accept(`app-${n}`, `r${n}`)));
    await Promise.all(writers);
    const { lease, items } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 6, version: 6 });
    expect(items.size).toBe(6);
  });

  it('accepts a request id once, however many handlers bring it at once', async () => {
    const scope = { taskKeys: ['mirror:a'], identities: ['mirror:a#r1'] };
    await Promise.all([1, 2, 3].map(() => advance(effectsOver(store), leaseId, scope, () => [accept('a', 'r1')])));
    const { lease } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 1, version: 1 });
  });

  it('lets one of many handlers claim a task', async () => {
    await write(accept('a', 'r1'), ...open);
    const claims = await Promise.all([1, 2, 3, 4].map((n) => write(claim('a', `${leaseId}-t${n}`))));
    expect(claims.filter(({ changed }) => changed)).toHaveLength(1);
    expect((await store.load(leaseId, all)).lease).toMatchObject({ pending: 0, running: 1 });
  });

  it('takes an item out when its task has succeeded, and puts it back as pending for a push during the run', async () => {
    const [a, b] = [`${leaseId}-a`, `${leaseId}-b`];
    await write(accept('a', 'r1'), accept('b', 'r2'), ...open, claim('a', a), claim('b', b));
    await write(accept('b', 'r3'));
    await write(finish('a', a, { status: 'succeeded' }), finish('b', b, { status: 'succeeded' }));
    const { lease, items } = await store.load(leaseId, all);
    expect(lease).toMatchObject({ pending: 1, running: 0 });
    expect(items.get('mirror:b')).toMatchObject({ state: 'pending', request: { requestId: 'r3' } });
    expect(items.has('mirror:a')).toBe(false);
  });

  it('takes the largest write there is', async () => {
    const many = Array.from({ length: MAX_ITEMS_PER_WRITE }, (_, n) => `app-${n}`);
    await write(...many.map((name) => accept(name, name)));
    await write(...open, ...many.map((name) => claim(name, `${leaseId}-${name}`)));
    await write(...many.map((name) => accept(name, `${name}-again`)));
    for (let start = 0; start < many.length; start += MAX_ENDS_PER_WRITE) {
      const ended = many.slice(start, start + MAX_ENDS_PER_WRITE);
      await write(...ended.map((name) => finish(name, `${leaseId}-${name}`, { status: 'succeeded', tips: [] })));
    }
    expect((await store.load(leaseId, all)).lease).toMatchObject({ pending: many.length, running: 0, tasks: 0 });
    await write(...many.map((name) => claim(name, `${leaseId}-${name}-2`)));
    for (let start = 0; start < many.length; start += MAX_ENDS_PER_WRITE) {
      const ended = many.slice(start, start + MAX_ENDS_PER_WRITE);
      await write(...ended.map((name) => finish(name, `${leaseId}-${name}-2`, { status: 'succeeded' })));
    }
    expect((await store.load(leaseId, all)).items.size).toBe(0);
  });

  it('gives so many pending items as are asked for, the most urgent first and then the oldest, and says what comes after them', async () => {
    const asked = (name: string, atMs: number, delayMs: number): Command => ({
      type: 'requestAccepted',
      request: request(name, name, atMs, delayMs),
    });
    await write(asked('last', 5, 900), asked('young', 20, 10), asked('old', 10, 20), asked('first', 0, 7));
    expect(await keysOf({ pending: 1 })).toEqual(['mirror:first']);
    expect(await keysOf({ pending: 2 })).toEqual(['mirror:first', 'mirror:old']);
    const three = await store.load(leaseId, { pending: 3 });
    expect([...three.items.keys()].sort()).toEqual(['mirror:first', 'mirror:old', 'mirror:young']);
    expect(three).toMatchObject({ complete: true, unseen: { readyFromMs: 905, pausedFromMs: null } });
    const whole = await store.load(leaseId, { pending: 4 });
    expect(whole.items.size).toBe(4);
    expect(whole.unseen).toEqual({ readyFromMs: null, pausedFromMs: null });
    // Merged with one that must start earlier, it comes earlier, and in one place only.
    await write({ type: 'requestAccepted', request: request('last', 'again', 5, 1) });
    expect(await keysOf({ pending: 1 })).toEqual(['mirror:last']);
    expect(await keysOf({ pending: 9 })).toHaveLength(4);
  });

  it('gives the paused ones by the end of their pause, beside those that are ready', async () => {
    const [a, b] = [`${leaseId}-a`, `${leaseId}-b`];
    await write(accept('a', 'r1'), accept('b', 'r2'), accept('c', 'r3'), ...open, claim('a', a), claim('b', b));
    await write(
      finish('a', a, { status: 'failed', started: true, permanent: true, message: 'no' }),
      finish('b', b, { status: 'failed', started: true, message: 'no' }),
    );
    const { lease, items, unseen } = await store.load(leaseId, { pending: 5 });
    expect([...items.keys()].sort()).toEqual(['mirror:b', 'mirror:c']);
    expect(unseen).toEqual({ readyFromMs: null, pausedFromMs: null });
    expect(lease).toMatchObject({ pending: 2, paused: 1, dead: 1, running: 0, tasks: 0 });
    expect(await keysOf({ dead: 5 })).toEqual(['mirror:a']);
    await write(claim('c', `${leaseId}-c`), { type: 'deadLettersSent', taskKeys: ['mirror:a'] });
    expect(await keysOf({ dead: 5 })).toEqual([]);
    expect(await keysOf({ pending: 5 })).toEqual(['mirror:b']);
  });

  it('gives the running ones page by page, those of a task together, each once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await write(...names.map((name) => accept(name, name)), ...open);
    await write(...names.map((name, n) => claim(name, `${leaseId}-t${n}`)));
    const seen: string[][] = [];
    for (let after: string | null = null, n = 0; n < 9; n += 1) {
      const page: LeaseState = await store.load(leaseId, { running: { after, limit: 2 } });
      seen.push([...page.items.keys()].sort());
      after = page.runningUpTo ?? null;
      if (after === null) break;
    }
    expect(seen).toEqual([['mirror:a', 'mirror:b'], ['mirror:c', 'mirror:d'], ['mirror:e']]);
    expect((await store.load(leaseId, {})).lease).toMatchObject({ running: 5, tasks: 5 });
    await write(finish('b', `${leaseId}-t1`, { status: 'succeeded' }));
    expect(await keysOf({ running: { after: null, limit: 2 } })).toEqual(['mirror:a', 'mirror:c']);
  });

  it('gives items their places again that were stored before there were any, and counts what was not counted then', async () => {
    const [a, b] = [`${leaseId}-a`, `${leaseId}-b`];
    await write(accept('a', 'r1'), accept('b', 'r2'), accept('c', 'r3'), ...open, claim('a', a), claim('b', b));
    await write(finish('b', b, { status: 'failed', started: true, message: 'no' }));
    expect(await mendPlaces(store, leaseId, 0)).toEqual({ given: 0, taken: 0 });
    await forgetPlaces(leaseId);
    expect(await keysOf({ pending: 5, running: { after: null, limit: 5 } })).toEqual([]);
    expect(await mendPlaces(store, leaseId, 0)).toEqual({ given: 3, taken: 0 });
    expect(await keysOf({ pending: 5 })).toEqual(['mirror:b', 'mirror:c']);
    expect(await keysOf({ running: { after: null, limit: 5 } })).toEqual(['mirror:a']);
    expect((await store.load(leaseId, {})).lease).toMatchObject({ pending: 2, paused: 1, running: 1, tasks: 1 });
    expect(await mendPlaces(store, leaseId, 0)).toEqual({ given: 0, taken: 0 });
  });

  it('takes away places whose item has gone or stands elsewhere, as one leaves them that knows of no places, and no others', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `gone-${n}`);
    await write(...names.map((name) => accept(name, name)), accept('moved', 'r1'));
    await write(accept('stays', 'r2'), ...open);
    // What it writes of these items goes by their keys; another place than their own is taken for the one that they leave.
    const whole = await store.load(leaseId, all);
    const elsewhere = new Map([...whole.items].map(([key, item]) => [key, { ...item, startByMs: item.startByMs + 1 }]));
    elsewhere.delete('mirror:stays');
    const moved = elsewhere.get('mirror:moved');
    if (!moved) throw new Error('moved was accepted');
    const lease = { ...whole.lease, pending: 2 };
    const after = { ...whole, lease, items: new Map([['mirror:moved', { ...moved, startByMs: 9_000 }]]) };
    await store.commit({ ...whole, items: elsewhere }, after, [], 0);
    expect((await store.load(leaseId, { pending: 9 })).strays).toHaveLength(9);
    expect(await keysOf({ pending: 9 })).not.toContain('mirror:stays');
    expect(await mendPlaces(store, leaseId, 0)).toEqual({ given: 0, taken: 21 });
    const mended = await store.load(leaseId, { pending: 5 });
    expect([...mended.items.keys()].sort()).toEqual(['mirror:moved', 'mirror:stays']);
    expect(mended).not.toHaveProperty('strays');
    expect(await mendPlaces(store, leaseId, 0)).toEqual({ given: 0, taken: 0 });
  });

  it('leaves the places that others have moved since they were read', async () => {
    await write(accept('a', 'r1'));
    const read = await store.load(leaseId, { pending: 1 });
    const strays = [placeOf(read.items.get('mirror:a') as TaskItem)];
    await write(...open);
    const stale = { ...read, strays };
    await expect(store.commit(stale, read, [], 0)).rejects.toThrow(LeaseConflict);
    expect(await keysOf({ pending: 1 })).toEqual(['mirror:a']);
  });

  it('asks what is needed of the lease itself, and gives the lease alone where nothing is', async () => {
    await write(accept('a', 'r1'));
    const state = await store.load(leaseId, ({ pending }) => ({ taskKeys: pending === 1 ? ['mirror:a'] : [] }));
    expect([...state.items.keys()]).toEqual(['mirror:a']);
    expect(await store.load(leaseId, {})).toMatchObject({ complete: false, lease: { pending: 1 } });
    expect((await store.load(leaseId, {})).items.size).toBe(0);
  });

  it('loads more items than one batch of keys holds', async () => {
    const names = Array.from({ length: 130 }, (_, n) => `repository-${n}`);
    for (let start = 0; start < names.length; start += MAX_ITEMS_PER_WRITE) {
      await write(...names.slice(start, start + MAX_ITEMS_PER_WRITE).map((name) => accept(name, name)));
    }
    expect((await store.load(leaseId, all)).items.size).toBe(130);
    const taskKeys = names.map((name) => `mirror:${name}`);
    const state = await store.load(leaseId, { taskKeys, identities: names.map((name) => `mirror:${name}#${name}`) });
    expect([state.items.size, state.seen.size]).toEqual([130, 130]);
  });
}
