/** Pause, resume and close: requests are kept, nothing is started, the lease closes all the same, and no timer is wanted where only a person goes on. */
import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { obligations } from './obligations.ts';
import { request, Scenario, STACK } from './scenario.fixture.ts';

let asks = 0;
const hold = (taskKey?: string): Command => ({ type: 'holdAsked', askId: `a${asks++}`, ...(taskKey && { taskKey }) });
const release = (taskKey?: string): Command => ({
  type: 'releaseAsked',
  askId: `a${asks++}`,
  ...(taskKey && { taskKey }),
});
const close = (): Command => ({ type: 'closeAsked', askId: `a${asks++}` });
const facts = (s: Scenario, type: string) => s.facts.filter((fact) => fact.type === type);

describe('a lease that is paused', () => {
  it('keeps requests and opens for none of them, however urgent, and owes nothing', () => {
    const s = new Scenario();
    s.do(hold());
    s.ask('app', 'r1');
    s.at(30).ask('b', 'r2');
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 2, timer: null });
    expect(obligations(s.state, s.nowMs, s.settings)).toEqual([]);
    expect(facts(s, 'leaseOpening')).toEqual([]);
  });

  it('opens at once for what is due when it is resumed, or gets its timer back', () => {
    const due = new Scenario();
    due.do(hold());
    due.ask();
    due.at(30).do(release());
    expect(due.lease).toMatchObject({ phase: 'opening', heldSinceMs: null });

    const later = new Scenario();
    later.do(hold());
    later.ask('app', 'r1', 3 * 3_600_000);
    later.do(release());
    expect(later.lease).toMatchObject({ phase: 'closed', timer: { owner: 'provisioner' } });
  });

  it('starts nothing in an open hour, lets what runs end, and closes at the end of the hour with requests waiting', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    s.ask('b', 'r2');
    s.open(0);
    s.claim('t1');
    s.do(hold());
    expect(s.claim('t2', 'b')).toBe(false);
    s.at(10).finish('t1');
    expect(s.lease).toMatchObject({ phase: 'open', pending: 1, running: 0 });
    s.at(53).fire();
    expect(s.lease.phase).toBe('closing');
    s.at(55).deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 1, timer: null });
    expect(s.item('b')).toMatchObject({ state: 'pending' });
    s.at(90).do(release());
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 2 });
  });

  it('calls an opening off that nobody has asked a stack for, and no other', () => {
    const early = new Scenario();
    early.ask();
    early.do(hold());
    expect(early.lease).toMatchObject({ phase: 'closed', pending: 1, timer: null });

    const late = new Scenario();
    late.ask();
    late.do({ type: 'creationAsked', fence: 1 });
    late.do(hold());
    late.at(2).do({ type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 0 });
    expect(late.lease).toMatchObject({ phase: 'open', pending: 1 });
    late.at(53).fire();
    expect(late.lease.phase).toBe('closing');
  });

  it('gives nothing up after creations that failed', () => {
    const s = new Scenario({ maxCreateFailures: 1 });
    s.ask();
    s.do({ type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null });
    s.do(hold());
    expect(obligations(s.state, s.nowMs, s.settings)).toEqual([]);
    s.do(release());
    expect(obligations(s.state, s.nowMs, s.settings)).toMatchObject([{ kind: 'giveUp' }]);
  });
});

describe('a task that is paused', () => {
  it('waits held, counts for nothing, takes further requests in, and others go on', () => {
    const s = new Scenario();
    s.do(hold('mirror:app'));
    s.ask('app', 'r1');
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 0, held: 1, startByMs: null, timer: null });
    s.at(1).ask('app', 'r2');
    expect(facts(s, 'requestRemembered').at(-1)).toMatchObject({ as: 'merged', joins: 'r1' });
    s.ask('b', 'r3');
    expect(s.lease).toMatchObject({ phase: 'opening', pending: 1, held: 1 });
    s.open(2);
    expect(s.claim('t1')).toBe(false);
    expect(s.claim('t2', 'b')).toBe(true);
    s.do(release('mirror:app'));
    expect(s.lease).toMatchObject({ pending: 1, held: 0, heldTasks: [] });
    expect(s.claim('t3')).toBe(true);
  });

  it('is held with what it waits for already, and with what comes of its running claim', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    s.ask('b', 'r2');
    s.open(0);
    s.claim('t1');
    s.ask('app', 'r3');
    s.do(hold('mirror:app'), hold('mirror:b'));
    expect(s.item('b')).toMatchObject({ state: 'held' });
    s.at(5).finish('t1');
    expect(s.item()).toMatchObject({ state: 'held', request: { requestId: 'r3' } });
    expect(s.lease).toMatchObject({ pending: 0, running: 0, held: 2 });
    s.at(53).fire();
    expect(s.lease.phase).toBe('closing');
  });

  it('opens a closed lease at once when it is resumed and due', () => {
    const s = new Scenario();
    s.do(hold('mirror:app'));
    s.ask();
    s.at(20).do(release('mirror:app'));
    expect(s.lease).toMatchObject({ phase: 'opening', pending: 1 });
  });
});

describe('a close that was asked for', () => {
  it('lets an idle lease go at once', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.at(5).finish('t1');
    s.at(6).do(close());
    expect(s.lease).toMatchObject({ phase: 'closing', closeAskedAtMs: null });
    expect(facts(s, 'leaseClosing')).toMatchObject([{ reason: 'asked' }]);
  });

  it('waits for what runs and for what may be started now, and goes with the end of the last', () => {
    const s = new Scenario();
    s.ask('app', 'r1');
    s.ask('b', 'r2');
    s.open(0);
    s.claim('t1');
    s.do(close());
    s.at(4).finish('t1');
    expect(s.lease.phase).toBe('open');
    expect(obligations(s.state, s.nowMs, s.settings)).toContainEqual(
      expect.objectContaining({ kind: 'endHour', dueAtMs: s.nowMs + s.settings.patienceMs }),
    );
    s.claim('t2', 'b');
    s.at(6).finish('t2', { status: 'succeeded' }, 'b');
    expect(s.lease.phase).toBe('closing');
  });

  it('holds for an opening too, and is nothing while there are no endpoints or once they went', () => {
    const s = new Scenario();
    s.do(close());
    expect(s.lease.closeAskedAtMs).toBeNull();
    s.ask();
    s.do(close());
    s.open(0);
    s.claim('t1');
    s.at(5).finish('t1');
    expect(s.lease).toMatchObject({ phase: 'closing', closeAskedAtMs: null });
    s.do(close());
    s.at(7).deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', closeAskedAtMs: null });
  });
});

it('an ask whose message comes twice is done once', () => {
  const s = new Scenario();
  const pause = hold();
  s.do(pause);
  s.do(release());
  expect(s.do(pause)).toBe(false);
  expect(s.lease.heldSinceMs).toBeNull();
});

it('a lease that was stored before there were pauses has none', () => {
  const s = new Scenario();
  const { held, heldTasks, heldSinceMs, closeAskedAtMs, ...older } = s.lease;
  s.state = { ...s.state, lease: older as typeof s.lease };
  s.do({ type: 'requestAccepted', request: request('app', 'r1') });
  expect(s.lease).toMatchObject({ phase: 'opening', held: 0, heldTasks: [], heldSinceMs: null });
});

describe('a lease without endpoints', () => {
  const nothing = () => new Scenario({ hasEndpoints: false });

  it('goes on at once with a task that was paused, and never asks for endpoints', () => {
    const s = nothing();
    s.do(hold('mirror:app'));
    s.ask();
    expect(s.lease).toMatchObject({ phase: 'closed', pending: 0, held: 1 });
    s.at(5).do(release('mirror:app'));
    expect(s.lease).toMatchObject({ phase: 'open', pending: 1, held: 0, timer: { owner: 'runner' } });
    expect(facts(s, 'leaseOpening')).toEqual([]);
    expect(s.claim('t1')).toBe(true);
  });

  it('starts nothing while everything is paused, and goes on when it is resumed', () => {
    const s = nothing();
    s.do(hold());
    s.ask();
    expect(s.claim('t1')).toBe(false);
    s.do(release());
    expect(s.claim('t1')).toBe(true);
  });

  it('has nothing to close', () => {
    const s = nothing();
    s.ask();
    s.do(close());
    expect(s.lease.closeAskedAtMs).toBeNull();
    expect(s.claim('t1')).toBe(true);
  });
});
