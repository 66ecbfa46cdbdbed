/**
 * The seven rules that a model checker found necessary, each by a test that fails when the rule is taken out. Rule 3's calls are
 * the services' own, with tests beside them.
 */
import { describe, expect, it } from 'vitest';
import { advance, type LeaseEffects, type Timers } from './advance.ts';
import { paidHours } from './billing.ts';
import type { Timer } from './lease.ts';
import { createMemoryStore } from './memory-store.ts';
import { failed, request, Scenario, STACK } from './scenario.fixture.ts';
import { defaultSettings, MINUTE_MS } from './settings.ts';
import { LeaseConflict, type LeaseStore } from './store.ts';

function recording(store: LeaseStore, log: string[]): LeaseEffects & { alive: Map<string, Timer> } {
  const alive = new Map<string, Timer>();
  const timers: Timers = {
    async create(_, timer) {
      log.push('create');
      alive.set(timer.id, timer);
    },
    async delete(timer) {
      log.push('delete');
      alive.delete(timer.id);
    },
  };
  const logged: LeaseStore = {
    ...store,
    commit: async (...args) => {
      await store.commit(...args);
      log.push('write');
    },
  };
  return {
    store: logged,
    timers,
    alive,
    settings: defaultSettings,
    nowMs: () => 0,
    announceLeft: async () => true,
    pauseBeforeRetry: async () => {},
  };
}

const all = { all: true } as const;
const accept = (id: string, delayMs = 0) => [
  { type: 'requestAccepted' as const, request: request(id, id, 0, delayMs) },
];

describe('rule 1: no moment without a timer', () => {
  it('makes the new schedule before the write that needs it, and deletes the replaced one after it', async () => {
    const log: string[] = [];
    const effects = recording(createMemoryStore(), log);
    await advance(effects, 'main', all, () => accept('r1', 9 * 3_600_000));
    await advance(effects, 'main', all, () => accept('r2'));
    expect(log).toEqual(['create', 'write', 'create', 'write', 'delete']);
    const { lease } = await effects.store.load('main', all);
    expect([...effects.alive.keys()]).toEqual([lease.timer?.id]);
  });

  it('deletes nothing when the compare-and-set is lost', async () => {
    const log: string[] = [];
    const store = createMemoryStore();
    const effects = recording(store, log);
    await advance(effects, 'main', all, () => accept('r1', 9 * 3_600_000));
    const losing = {
      ...effects,
      store: {
        ...store,
        commit: async () => {
          throw new LeaseConflict('main', 1);
        },
      },
    };
    await expect(advance(losing, 'main', all, () => accept('r2'))).rejects.toThrow(LeaseConflict);
    const { lease } = await store.load('main', all);
    expect(log.filter((entry) => entry === 'delete')).toEqual([]);
    expect(effects.alive.has(lease.timer?.id ?? '')).toBe(true);
  });

  it('never asks for a firing sooner than patience from now', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    // The hour's teardown is due a minute from now.
    s.at(52).finish('t1');
    expect(s.lease.timer?.atMs).toBe(s.nowMs + s.settings.patienceMs);
  });

  it('gives every write its own timer id', () => {
    const s = new Scenario();
    const ids = new Set<string>();
    for (let minute = 0; minute < 400; minute += 5) {
      s.at(minute).ask(`app${minute}`, `r${minute}`, 24 * 3_600_000 - minute * MINUTE_MS * 2);
      ids.add(`${s.lease.timer?.id}@${s.lease.timer?.atMs}`);
    }
    expect(new Set([...ids].map((id) => id.split('@')[0])).size).toBe(ids.size);
  });
});

describe('rule 2: the timer wakes the service that owes the next step', () => {
  it('is the provisioner, the runner, the teardown, each in its state', () => {
    const s = new Scenario();
    const owners: string[] = [];
    const note = () => owners.push(`${s.lease.phase}: ${s.lease.timer?.owner ?? 'nobody'}`);
    s.ask('app', 'r1', 3 * 3_600_000);
    note();
    s.ask('app', 'r2');
    note();
    s.open(1);
    note();
    s.claim('t1');
    note();
    s.finish('t1');
    note();
    s.at(54).fire();
    note();
    s.at(56).deleted();
    note();
    expect(owners).toEqual([
      'closed: provisioner',
      'opening: provisioner',
      'open: runner',
      'open: runner',
      'open: teardown',
      'closing: teardown',
      'closed: nobody',
    ]);
  });

  it('is the runner while tasks still run without endpoints', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.deleted();
    expect(s.lease).toMatchObject({ phase: 'closing', timer: { owner: 'runner' } });
  });
});

describe('rule 3: only the write that recorded the ask or the claim makes the call', () => {
  it('answers one of two racing handlers that it recorded the ask, and the other that it did not', async () => {
    const effects = recording(createMemoryStore(), []);
    await advance(effects, 'main', all, () => accept('r1'));
    const ask = () => advance(effects, 'main', all, () => [{ type: 'creationAsked', fence: 1 }]);
    const steps = await Promise.all([ask(), ask()]);
    expect(steps.map(({ changed }) => changed).sort()).toEqual([false, true]);
  });
});

describe('rule 4: "not there" is evidence only at a timer, patience after the call', () => {
  it('does not believe an absent stack sooner, and burns the fence after', () => {
    const s = new Scenario();
    s.ask();
    s.at(1).do({ type: 'creationAsked', fence: 1 });
    s.at(2).fire({ status: 'absent' });
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1, failures: 0 });
    s.at(6).fire({ status: 'absent' });
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 1 });
    s.at(10).fire();
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 2 });
  });

  it('believes only the current timer', () => {
    const s = new Scenario();
    s.ask();
    s.do({ type: 'creationAsked', fence: 1 });
    s.at(6);
    expect(s.do({ type: 'timerFired', timerId: 'another', stack: { status: 'absent' } })).toBe(false);
    expect(s.lease.phase).toBe('opening');
  });
});

describe('rule 5: a token is good for one claim', () => {
  it('ignores the end of an attempt that is not the running one', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', failed);
    s.at(4).claim('t2');
    expect(s.finish('t1')).toBe(false);
    expect(s.item()).toMatchObject({ state: 'running', claim: { token: 't2' } });
    expect(s.finish('t2')).toBe(true);
    expect(s.finish('t2')).toBe(false);
    expect(s.lease).toMatchObject({ pending: 0, running: 0 });
  });
});

describe('rule 6: a retry is made in the finishing transaction', () => {
  it('is pending again in one step, patient, until the last attempt makes it dead', () => {
    const s = new Scenario({ maxAttempts: 2, retryWithinMs: 6 * 60 * MINUTE_MS, retryPauseMs: MINUTE_MS });
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', failed);
    expect(s.item()).toMatchObject({ state: 'pending', attempts: 1, startByMs: s.nowMs + 6 * 60 * MINUTE_MS });
    expect(s.claim('early')).toBe(false);
    s.at(4).claim('t2');
    s.finish('t2', failed);
    expect(s.item()).toMatchObject({ state: 'dead', attempts: 2, lastError: 'exit 1' });
    expect(s.lease).toMatchObject({ pending: 0, running: 0, dead: 1 });
    expect(s.facts.at(-1)).toMatchObject({ type: 'taskFailed', next: 'dead' });
  });

  it('keeps a timer until the dead are reported, even when the lease is closed', () => {
    const s = new Scenario({ maxAttempts: 1 });
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', failed);
    expect(s.lease.timer?.owner).toBe('runner');
    s.at(54).fire();
    s.at(56).deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', dead: 1, timer: { owner: 'provisioner' } });
    s.do({ type: 'deadLettersSent', taskKeys: ['mirror:app'] });
    expect(s.lease.timer).toBeNull();
  });

  it('does not extend the paid hour for a retry', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.at(57).finish('t1', failed);
    expect(s.lease).toMatchObject({ phase: 'closing', pending: 1 });
  });
});

describe('rule 7: hours are recorded as the bill counts them', () => {
  const hours = (s: Scenario) =>
    s.facts.flatMap((fact) =>
      fact.type === 'leaseClosed' ? paidHours('anchored', fact.openedAtMs ?? fact.closedAtMs, fact.closedAtMs) : [],
    );

  it('from the stack creation to its deletion, a slow one included', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1');
    s.at(53).fire();
    s.at(61).deleted();
    expect(hours(s)).toEqual([2]);
  });

  it('for a failed creation too, and nothing where there never was a stack', () => {
    const s = new Scenario();
    s.at(1).ask();
    s.at(2).do({ type: 'stackFailed', fence: 1, stackId: STACK, createdAtMs: MINUTE_MS });
    s.at(4).deleted();
    s.at(6).fire();
    s.do({ type: 'stackFailed', fence: 2, stackId: null, createdAtMs: null });
    expect(hours(s)).toEqual([1, 0]);
  });
});
