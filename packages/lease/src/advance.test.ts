/** One step of a service: what it writes, what it leaves alone, and which timers it makes and deletes. */
import { describe, expect, it } from 'vitest';
import { advance, type LeaseEffects, TimerRefused } from './advance.ts';
import type { Command } from './commands.ts';
import { type Lease, newLease, type Timer } from './lease.ts';
import { createMemoryStore } from './memory-store.ts';
import { request, STACK } from './scenario.fixture.ts';
import { defaultSettings, HOUR_MS, MINUTE_MS } from './settings.ts';
import { LeaseConflict } from './store.ts';

const all = { all: true } as const;
const asked = (id: string, delayMs = HOUR_MS): Command => ({
  type: 'requestAccepted',
  request: request(id, id, 0, delayMs),
});
const fired = (timerId: string): Command => ({ type: 'timerFired', timerId });

type Call = 'write' | 'create' | 'delete';

/** A lease beside its timers, as they are alive, and a log of what was done to both. */
class World {
  readonly memory = createMemoryStore();
  readonly alive = new Map<string, Timer>();
  readonly log: string[] = [];
  readonly pauses: number[] = [];
  nowMs = 0;
  isAllAnnounced = true;
  /** Throws where a call is to fail. */
  beforeCall: (call: Call) => void = () => {};

  readonly effects: LeaseEffects = {
    settings: { ...defaultSettings, billingClock: 'anchored' },
    nowMs: () => this.nowMs,
    announceLeft: async () => this.isAllAnnounced,
    pauseBeforeRetry: async (attempt) => {
      this.pauses.push(attempt);
    },
    store: {
      ...this.memory,
      load: (...args) => this.memory.load(...args),
      commit: async (...args) => {
        this.called('write', 'write');
        await this.memory.commit(...args);
      },
    },
    timers: {
      create: async (leaseId, timer) => {
        this.called('create', `create ${timer.id} for ${leaseId}`);
        this.alive.set(timer.id, timer);
      },
      delete: async ({ id }) => {
        this.called('delete', `delete ${id}`);
        this.alive.delete(id);
      },
    },
  };

  private called(call: Call, entry: string) {
    this.log.push(entry);
    this.beforeCall(call);
  }

  /** What a step came to, and what it did to the world. */
  async step(...commands: Command[]) {
    this.log.length = 0;
    return { ...(await advance(this.effects, 'main', all, () => commands)), log: [...this.log] };
  }

  stored() {
    return this.memory.load('main', all);
  }

  /** The lease as if it had come here by itself. */
  async begin(lease: Partial<Lease>): Promise<void> {
    const before = await this.stored();
    await this.memory.commit(before, { ...before, lease: { ...newLease('main'), ...lease } }, [], 0);
    if (lease.timer) this.alive.set(lease.timer.id, lease.timer);
  }
}

const timer: Timer = { id: 'old', atMs: MINUTE_MS, owner: 'teardown' };
const closing = { phase: 'closing', fence: 1, stackId: STACK, timer } as const;
const stackDeleted = { type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: 0 } as const;

describe('a step that changes the lease', () => {
  it('gives back what it has written, under a timer that it has made', async () => {
    const world = new World();
    const { state, facts, changed, log } = await world.step(asked('app'));
    expect(changed).toBe(true);
    expect(facts).toEqual(world.memory.facts);
    expect({ ...state, seen: new Set() }).toEqual(await world.stored());
    expect(state.lease).toMatchObject({ version: 1, pending: 1, timer: { atMs: 57 * MINUTE_MS } });
    expect(log).toEqual([`create ${state.lease.timer?.id} for main`, 'write']);
    expect([...world.alive.values()]).toEqual([state.lease.timer]);
  });

  it('leaves a timer alone that is good for it, too', async () => {
    const world = new World();
    await world.step(asked('a'));
    const { log, state } = await world.step(asked('b', 2 * HOUR_MS));
    expect(log).toEqual(['write']);
    expect([...world.alive.values()]).toEqual([state.lease.timer]);
  });

  it('makes no timer where nothing is owed any more, and deletes the one there was', async () => {
    const world = new World();
    await world.begin(closing);
    const { state, log } = await world.step(stackDeleted);
    expect(state.lease).toMatchObject({ phase: 'closed', timer: null });
    expect(log).toEqual(['write', 'delete old']);
  });

  it('is done, though the replaced timer could not be deleted', async () => {
    const world = new World();
    await world.begin(closing);
    world.beforeCall = (call) => {
      if (call === 'delete') throw new Error('throttled');
    };
    expect(await world.step(stackDeleted)).toMatchObject({ changed: true, state: { lease: { version: 2 } } });
  });

  it('is not done, if its timer could not be made', async () => {
    const world = new World();
    world.beforeCall = (call) => {
      if (call === 'create') throw new Error('throttled');
    };
    await expect(world.step(asked('app'))).rejects.toThrow('throttled');
    expect(await world.stored()).toMatchObject({ lease: { version: 0, pending: 0 } });
  });
});

describe('a step that changes nothing', () => {
  it.each<[string, Partial<Lease>]>([
    ['idle', {}],
    ['under a timer that is good', closing],
  ])('gives back what it has found, and leaves the world alone: %s', async (_, lease) => {
    const world = new World();
    await world.begin(lease);
    const before = await world.stored();
    const { state, facts, changed, log } = await world.step({ ...stackDeleted, stackId: 'another' });
    expect({ state, facts, changed, log }).toEqual({ state: before, facts: [], changed: false, log: [] });
    expect(await world.stored()).toEqual(before);
  });

  it('makes another timer for one that was lost, or that was never made', async () => {
    for (const lease of [closing, { ...closing, timer: null }]) {
      const world = new World();
      await world.begin(lease);
      world.nowMs = timer.atMs + world.effects.settings.patienceMs;
      const { state, changed, log } = await world.step();
      expect(changed).toBe(false);
      expect(state.lease).toMatchObject({ version: 2, timer: { atMs: 5 * MINUTE_MS, owner: 'teardown' } });
      expect(log).toEqual([
        `create ${state.lease.timer?.id} for main`,
        'write',
        ...(lease.timer ? [`delete ${lease.timer.id}`] : []),
      ]);
    }
  });

  it('takes away a timer for which nothing is owed', async () => {
    const world = new World();
    await world.begin({ timer });
    const { state, changed, log } = await world.step();
    expect({ changed, timer: state.lease.timer, log }).toEqual({
      changed: false,
      timer: null,
      log: ['write', 'delete old'],
    });
  });
});

describe("a timer that fires and is not the lease's", () => {
  it.each<[string, Partial<Lease>]>([
    ['another is', closing],
    ['there is none', {}],
  ])('is deleted, and that is all: %s', async (_, lease) => {
    const world = new World();
    await world.begin(lease);
    expect(await world.step(fired('stray'), asked('app'))).toMatchObject({ changed: true });
    expect(world.log[0]).toBe('delete stray');
    expect(world.log).not.toContain('delete old');
    world.beforeCall = (call) => {
      if (call === 'delete') throw new Error('throttled');
    };
    expect(await world.step(fired('stray'))).toMatchObject({ changed: false, log: ['delete stray'] });
  });

  it("unlike the lease's own, which is deleted after the write that answers it", async () => {
    const world = new World();
    await world.begin(closing);
    const { log, state } = await world.step(fired('old'));
    expect(log).toEqual([`create ${state.lease.timer?.id} for main`, 'write', 'delete old']);
  });
});

describe('a timer that AWS refuses to make', () => {
  const refusing = () => {
    const world = new World();
    const refuse = () => {
      world.beforeCall = (call) => {
        if (call === 'create') throw new TimerRefused('AccessDeniedException: not you');
      };
    };
    return { world, refuse };
  };

  it('is stood in for by the one that is there, which stays alive; its owner is named', async () => {
    const { world, refuse } = refusing();
    await world.step(asked('app', 0));
    const [id = ''] = world.alive.keys();
    refuse();
    world.nowMs = 3 * MINUTE_MS;
    const { state, changed, refused } = await world.step(fired(id), { type: 'creationAsked', fence: 1 });
    expect([changed, refused]).toEqual([true, { message: 'AccessDeniedException: not you', owner: 'provisioner' }]);
    expect(state.lease).toMatchObject({ version: 2, timer: { id } });
    expect((await world.stored()).lease).toMatchObject({ version: 2, timer: { id } });
    expect([...world.alive.keys()]).toEqual([id]);
  });

  it('is not, by one that fires much later: nothing is written', async () => {
    const { world, refuse } = refusing();
    await world.step(asked('app', 9 * HOUR_MS));
    refuse();
    await expect(world.step(asked('web', 0))).rejects.toThrow(TimerRefused);
    expect((await world.stored()).lease).toMatchObject({ version: 1, phase: 'closed' });
  });

  it('is not, where there is none: nothing is written', async () => {
    const { world, refuse } = refusing();
    refuse();
    await expect(world.step(asked('app', 0))).rejects.toThrow('AccessDeniedException: not you');
    expect((await world.stored()).lease).toMatchObject({ version: 0 });
  });
});

describe('the news of a write', () => {
  it('are announced before the replaced timer goes, so that it wakes somebody if the handler dies of it', async () => {
    const world = new World();
    await world.step(asked('app', 9 * 3_600_000));
    const before = [...world.alive.keys()];
    const dying = advance(
      world.effects,
      'main',
      all,
      () => [asked('web', 0)],
      async ({ state, facts }) => {
        expect([state.lease.version, facts.map(({ type }) => type)]).toEqual([
          2,
          ['requestRemembered', 'leaseOpening'],
        ]);
        throw new Error('gone');
      },
    );
    await expect(dying).rejects.toThrow('gone');
    expect((await world.stored()).lease).toMatchObject({ version: 2, phase: 'opening' });
    expect([...world.alive.keys()]).toEqual([...before, (await world.stored()).lease.timer?.id]);
  });

  it('keep the last timer alive, where others have left theirs and nothing is owed any more', async () => {
    const world = new World();
    await world.begin(closing);
    world.isAllAnnounced = false;
    const { state, log } = await world.step(stackDeleted);
    expect(state.lease.timer).toBeNull();
    expect(log).toEqual(['write']);
  });

  it('keep a stray timer alive until they are announced', async () => {
    const world = new World();
    await world.step(asked('app'));
    world.isAllAnnounced = false;
    expect(await world.step(fired('stray'))).toMatchObject({ changed: false, log: [] });
    world.isAllAnnounced = true;
    expect(await world.step(fired('stray'))).toMatchObject({ changed: false, log: ['delete stray'] });
  });
});

describe('a write that was lost to another', () => {
  const losing = (world: World, times: number) => {
    let lost = 0;
    world.beforeCall = (call) => {
      if (call === 'write' && lost < times) {
        lost += 1;
        throw new LeaseConflict('main', 0);
      }
    };
  };

  it('is decided anew after a pause, up to ten times', async () => {
    const world = new World();
    losing(world, 9);
    expect(await world.step(asked('app'))).toMatchObject({ changed: true });
    expect(world.pauses).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('is given up after sixteen', async () => {
    const world = new World();
    losing(world, 16);
    await expect(world.step(asked('app'))).rejects.toThrow(LeaseConflict);
    expect(world.pauses).toHaveLength(15);
  });

  it('unlike one that failed, which is not tried again', async () => {
    const world = new World();
    world.beforeCall = (call) => {
      if (call === 'write') throw new Error('no table');
    };
    await expect(world.step(asked('app'))).rejects.toThrow('no table');
    expect(world.pauses).toEqual([]);
  });
});
