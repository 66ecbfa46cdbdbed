/** That few items are enough: whatever part of a lease is read, what is decided and owed is what the whole would say, or more careful. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimWindow, planBatches } from './batches.ts';
import { decide } from './decide.ts';
import type { LeaseState } from './lease.ts';
import { obligations } from './obligations.ts';
import { freeTasks } from './parallel.ts';
import { failed, request, Scenario } from './scenario.fixture.ts';
import { movePlaces, type Places, selectItems } from './select-items.ts';
import { HOUR_MS, MINUTE_MS } from './settings.ts';
import { timerAt } from './timer.ts';

const none: Places = new Map();

/** The same state as a store gives it that was asked for so many pending items. */
function read(s: Scenario, pending: number): LeaseState {
  return selectItems(s.lease, s.state.items, movePlaces(none, new Map(), s.state.items), () => false, { pending });
}

/** An open lease: these wait for so long, the second half of them after a failure. */
function waiting(count: number, delayMs: (n: number) => number, settings = {}): Scenario {
  const s = new Scenario({ maxParallelTasks: count + 1, ...settings });
  for (let n = 0; n < count; n += 1) s.ask(`app-${n}`, `r${n}`, delayMs(n));
  s.ask('first');
  s.open(0);
  s.claim('t-first', 'first');
  for (let n = Math.ceil(count / 2); n < count; n += 1) {
    s.claim(`t${n}`, `app-${n}`);
    s.finish(`t${n}`, failed, `app-${n}`);
  }
  s.finish('t-first', { status: 'succeeded' }, 'first');
  return s;
}

const shape = fc.record({
  count: fc.integer({ min: 0, max: 12 }),
  hours: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 12 }),
  minute: fc.integer({ min: 3, max: 70 }),
  pending: fc.integer({ min: 0, max: 13 }),
});

describe('a part of the pending items', () => {
  it('sets no timer later than the whole would, and none that is not needed when the whole was read', () => {
    fc.assert(
      fc.property(shape, ({ count, hours, minute, pending }) => {
        const s = waiting(count, (n) => (hours[n] ?? 0) * HOUR_MS).at(minute);
        const whole = timerAt(s.state, s.nowMs, s.settings);
        const part = timerAt(read(s, pending), s.nowMs, s.settings);
        expect(part?.atMs ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(whole?.atMs ?? Number.POSITIVE_INFINITY);
        if (pending >= count) expect(part).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('closes no lease over work that the whole would keep it open for', () => {
    fc.assert(
      fc.property(shape, ({ count, hours, minute, pending }) => {
        const s = waiting(count, (n) => (hours[n] ?? 0) * HOUR_MS).at(minute);
        const fired = { type: 'timerFired' as const, timerId: s.lease.timer?.id ?? '' };
        const phase = (state: LeaseState) => decide(state, [fired], s.nowMs, s.settings).state.lease.phase;
        if (phase(s.state) === 'open') expect(phase(read(s, pending))).toBe('open');
        if (pending >= count) expect(phase(read(s, pending))).toBe(phase(s.state));
      }),
      { numRuns: 300 },
    );
  });

  it('of which the first place of the ready ones is known says what the whole would: when to look, and whether the lease is busy', () => {
    fc.assert(
      fc.property(shape, ({ count, hours, minute }) => {
        const s = new Scenario();
        s.ask('first');
        s.open(0);
        s.claim('t', 'first');
        for (let n = 0; n < count; n += 1) s.ask(`app-${n}`, `r${n}`, (hours[n] ?? 0) * HOUR_MS);
        s.at(minute);
        // The end of what runs: its own item is all that is read.
        const end = {
          type: 'taskFinished',
          taskKey: 'mirror:first',
          token: 't',
          outcome: { status: 'succeeded' },
        } as const;
        const places = movePlaces(none, new Map(), s.state.items);
        const scope = { taskKeys: ['mirror:first'], pending: 0 };
        const few = selectItems(s.lease, s.state.items, places, () => false, scope);
        expect(few.items.size).toBe(1);
        const after = (state: LeaseState) => decide(state, [end], s.nowMs, s.settings).state;
        const [part, whole] = [after(few), after(s.state)];
        expect(part.lease).toEqual(whole.lease);
        expect(timerAt(part, s.nowMs, s.settings)).toEqual(timerAt(whole, s.nowMs, s.settings));
      }),
      { numRuns: 300 },
    );
  });

  it('knows the earliest start-by of a lease that closes, of which the first of the ready ones is enough', () => {
    const s = new Scenario();
    for (const [n, hours] of [5, 3, 4].entries()) s.ask(`app-${n}`, `r${n}`, hours * HOUR_MS);
    s.ask('now');
    s.open(0);
    s.claim('t', 'now');
    s.at(5).finish('t', undefined, 'now');
    s.at(57).fire();
    expect(s.lease.phase).toBe('closing');
    const gone = { fence: 1, stackId: s.lease.stackId ?? '', createdAtMs: 0, deletedAtMs: s.nowMs };
    const { lease } = decide(read(s, 1), [{ type: 'stackDeleted', ...gone }], s.nowMs, s.settings).state;
    expect(lease).toMatchObject({ phase: 'closed', startByMs: 3 * HOUR_MS });
  });
});

describe('claims from the most urgent of a long backlog', () => {
  const backlog = (count: number, settings: object) => {
    const s = new Scenario({ taskTimeLimitMs: 9 * HOUR_MS, ...settings });
    s.ask('first');
    s.open(0);
    s.claim('t', 'first');
    s.finish('t', undefined, 'first');
    for (let n = 0; n < count; n += 1) s.ask(`app-${n}`, `r${n}`, n);
    return s;
  };

  it('are planned as from all of it where all of it is read', () => {
    const s = backlog(100, { maxParallelTasks: 10 });
    expect(claimWindow(s.lease, s.settings)).toBe(100);
    const plan = (state: LeaseState) =>
      planBatches(state, s.nowMs, s.settings).map((batch) => batch.map((item) => item.taskKey));
    expect(plan(read(s, 100))).toEqual(plan(s.state));
  });

  it('fill fewer tasks than are free, each as full as all would get, the most urgent first', () => {
    const s = backlog(600, { maxParallelTasks: 100 });
    expect(claimWindow(s.lease, s.settings)).toBe(120);
    const batches = planBatches(read(s, 120), s.nowMs, s.settings);
    expect(batches.map(({ length }) => length)).toEqual(Array.from({ length: 20 }, () => 6));
    expect(batches.map(([first]) => first?.taskKey)).toEqual(Array.from({ length: 20 }, (_, n) => `mirror:app-${n}`));
  });

  it('are read as far as one round of claims goes, whatever is free and whatever waits', () => {
    const window = (count: number, settings: object) =>
      claimWindow(backlog(count, settings).lease, new Scenario(settings).settings);
    expect(window(7, { maxParallelTasks: 100 })).toBe(24);
    expect(window(90, { maxParallelTasks: 100 })).toBe(24);
    expect(window(150, { maxParallelTasks: 100 })).toBe(48);
    expect(window(150, { maxParallelTasks: 3 })).toBe(60);
  });

  it('are none while as many tasks run as may, and nothing is read then', () => {
    const s = backlog(3, { maxParallelTasks: 1 });
    s.claim('t1', 'app-0');
    expect(claimWindow(s.lease, s.settings)).toBe(0);
    expect(claimWindow({ ...s.lease, phase: 'closing' }, { ...s.settings, maxParallelTasks: 9 })).toBe(0);
  });
});

describe('running items that are not at hand', () => {
  const running = () => {
    const s = new Scenario();
    for (const name of ['a', 'b', 'c']) s.ask(name, name);
    s.open(0);
    for (const name of ['a', 'b', 'c']) s.claim(name, name);
    for (const name of ['a', 'b', 'c']) {
      s.do({ type: 'taskStarted', taskKey: `mirror:${name}`, token: name, taskArn: `arn:${name}` });
    }
    return s;
  };
  /** As a handler sees it that was given these only. */
  const seeing = ({ lease, items }: LeaseState, ...names: string[]): LeaseState => ({
    lease,
    items: new Map([...items].filter(([key]) => names.some((name) => key === `mirror:${name}`))),
    seen: new Set(),
    complete: true,
  });
  const looked = (after: string | null, upTo: string | null, loadedAtMs: number, isUndisturbed = true) =>
    ({ type: 'pageLooked', after, upTo, loadedAtMs, isUndisturbed }) as const;

  it('count as tasks, and are due a look when the first of them may be', () => {
    const s = running();
    expect(s.lease).toMatchObject({ tasks: 3, lookByMs: s.nowMs + 45 * MINUTE_MS });
    const few = seeing(s.state, 'a');
    expect(freeTasks(few, s.settings)).toBe(7);
    expect(obligations(few, s.nowMs, s.settings)).toContainEqual({
      kind: 'checkOthers',
      owner: 'runner',
      dueAtMs: s.lease.lookByMs,
    });
  });

  it('are looked at page by page; when the round is over the bound is exact again, and it begins anew', () => {
    const s = running().at(40);
    const early = { ...s.state, lease: { ...s.lease, lookByMs: 0 } };
    const seenA = { type: 'taskSeen' as const, taskKey: 'mirror:a', token: 'a' };
    const first = decide(seeing(early, 'a'), [seenA, looked(null, 'a#mirror:a', s.nowMs)], s.nowMs, s.settings).state;
    expect(first.lease).toMatchObject({
      lookByMs: 0,
      round: { upTo: 'a#mirror:a', lookByMs: first.items.get('mirror:a')?.claim?.stopByMs },
    });
    const rest = seeing({ ...s.state, lease: first.lease }, 'b', 'c');
    const second = decide(rest, [looked('a#mirror:a', null, s.nowMs)], s.nowMs, s.settings).state;
    expect(second.lease).toMatchObject({ lookByMs: 2 * MINUTE_MS + 45 * MINUTE_MS, round: null });
  });

  it('that were claimed by another handler since the page was loaded are not forgotten', () => {
    const s = running().at(40);
    const page = looked(null, null, s.nowMs, false);
    const { lease } = decide(seeing(s.state, 'a', 'b'), [page], s.nowMs, s.settings).state;
    expect(lease.lookByMs).toBe(s.nowMs + 2 * MINUTE_MS);
  });

  it('are not passed by the word of a page that another handler has passed before', () => {
    const s = running().at(40);
    expect(decide(seeing(s.state, 'b'), [looked('a#mirror:a', null, s.nowMs)], s.nowMs, s.settings).changed).toBe(
      false,
    );
  });

  it('that are claimed behind the place that a round has come to are in it all the same', () => {
    const s = new Scenario();
    for (const name of ['b', 'a', 'c']) s.ask(name, name);
    s.open(0);
    for (const name of ['b', 'c']) s.claim(name, name);
    for (const name of ['b', 'c']) {
      s.do({ type: 'taskStarted', taskKey: `mirror:${name}`, token: name, taskArn: `arn:${name}` });
    }
    s.at(30);
    const first = decide(seeing(s.state, 'b'), [looked(null, 'b#mirror:b', s.nowMs)], s.nowMs, s.settings).state;
    const claim = {
      type: 'taskClaimed' as const,
      taskKey: 'mirror:a',
      token: 'a',
      parameters: null,
      work: {} as never,
    };
    const claimed = decide(seeing({ ...s.state, lease: first.lease }, 'a'), [claim], s.nowMs, s.settings).state;
    const last = looked('b#mirror:b', null, s.nowMs);
    const { lease } = decide(seeing({ ...s.state, lease: claimed.lease }, 'c'), [last], s.nowMs, s.settings).state;
    expect(lease).toMatchObject({ lookByMs: s.nowMs + 2 * MINUTE_MS, round: null });
  });
});

it('a place sorts as its item is due, and changes only with what it says', () => {
  const s = new Scenario();
  s.ask('late', 'r1', 90);
  s.ask('early', 'r2', 9);
  const keys = [...movePlaces(none, new Map(), s.state.items)].sort().map(([, taskKey]) => taskKey);
  expect(keys).toEqual(['mirror:early', 'mirror:late']);
  const before = s.state.items;
  s.do({ type: 'requestAccepted', request: request('early', 'r3', 0, 500) });
  expect(movePlaces(none, before, s.state.items).size).toBe(0);
});
