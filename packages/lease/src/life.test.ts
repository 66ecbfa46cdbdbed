/** Whole lives of a lease: what is left of it, and every fact that it leaves behind, to the letter. */
import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { newLease } from './lease.ts';
import { failed, notStarted, request, Scenario, STACK } from './scenario.fixture.ts';
import { MINUTE_MS } from './settings.ts';

const min = (minute: number) => minute * MINUTE_MS;
const remembered = (repository: string, requestId: string, atMs = 0) => ({
  type: 'requestRemembered',
  taskKey: `mirror:${repository}`,
  request: request(repository, requestId, atMs),
  as: 'pending',
  joins: requestId,
});
const task = { taskKey: 'mirror:app', token: 't1', request: request('app', 'r1'), fence: 1 };
/** What the history keeps of a claim, as these tests make it. */
const ended = (token: string, finishedAtMs: number, more = {}) => ({
  token,
  fence: 1,
  claimedAtMs: min(2),
  startedAtMs: null,
  finishedAtMs,
  taskArn: null,
  message: null,
  ...more,
});

describe('a lease that lives for one task', () => {
  it('leaves these facts, and nothing of itself but what it has learned', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.do({ type: 'taskStarted', taskKey: 'mirror:app', token: 't1', taskArn: 'arn' });
    s.at(5).finish('t1', { status: 'succeeded', tips: ['c0ffee'], report: { via: 'relay' } });
    s.at(53).fire();
    s.at(55).deleted();
    const work = { ...request('app', '').task, timeLimitSeconds: 60 };
    expect(s.facts).toStrictEqual([
      remembered('app', 'r1'),
      { type: 'leaseOpening', fence: 1 },
      { type: 'leaseOpened', fence: 1, stackId: STACK, paidUntilMs: min(60) },
      { type: 'taskClaimed', ...task, work },
      { type: 'taskStarted', ...task, taskArn: 'arn' },
      {
        type: 'taskSucceeded',
        ...task,
        durationMs: min(3),
        tips: ['c0ffee'],
        tries: [ended('t1', min(5), { startedAtMs: min(2), taskArn: 'arn' })],
        report: { via: 'relay' },
      },
      { type: 'leaseClosing', fence: 1, stackId: STACK, reason: 'hourEnded' },
      { type: 'leaseClosed', fence: 1, openedAtMs: 0, closedAtMs: min(55), failed: false },
    ]);
    expect(s.state.items.size).toBe(0);
    expect(s.lease).toStrictEqual({
      ...newLease('main'),
      fence: 1,
      version: s.lease.version,
      taskRun: { usualMs: min(3), spreadMs: min(1.5) },
      deletion: { usualMs: min(2), spreadMs: min(1) },
    });
  });

  it('gives no tips of a task that has none', () => {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    s.finish('t1', { status: 'succeeded', durationMs: 7 });
    expect(s.facts.at(-1)).toStrictEqual({
      type: 'taskSucceeded',
      ...task,
      durationMs: 7,
      tries: [ended('t1', min(2))],
    });
  });
});

describe('a claim', () => {
  function claimed(): Scenario {
    const s = new Scenario();
    s.ask();
    s.open(0);
    s.claim('t1');
    return s;
  }
  const claim = {
    token: 't1',
    fence: 1,
    claimedAtMs: min(2),
    stopByMs: min(72),
    seenAtMs: min(2),
    taskArn: null,
    parameters: { token: 't1' },
  };
  const started = (token: string, taskArn = 'arn') =>
    ({ type: 'taskStarted', taskKey: 'mirror:app', token, taskArn }) as const;
  const seen = (token: string) => ({ type: 'taskSeen', taskKey: 'mirror:app', token }) as const;

  it('is confirmed once by the answer to RunTask, seen as often as somebody looks, and by its own token only', () => {
    const s = claimed();
    const item = s.item();
    expect(item?.claim).toStrictEqual(claim);
    s.at(3);
    expect(s.do(started('another'))).toBe(false);
    expect(s.do(started('t1'))).toBe(true);
    expect(s.do(started('t1', 'arn-2'))).toBe(false);
    const confirmed = { ...claim, taskArn: 'arn', startedAtMs: min(3) };
    expect(s.item()).toStrictEqual({ ...item, claim: confirmed });
    expect(s.at(9).do(seen('another'))).toBe(false);
    expect(s.do(seen('t1'))).toBe(true);
    expect(s.item()).toStrictEqual({ ...item, claim: { ...confirmed, seenAtMs: min(9) } });
    expect(s.facts.filter(({ type }) => type === 'taskStarted')).toHaveLength(1);
  });

  it('is of no task any more once it has ended, or of one that never was', () => {
    const s = claimed();
    s.finish('t1');
    const { state } = s;
    expect(s.do(started('t1'), seen('t1'))).toBe(false);
    expect(s.finish('t1')).toBe(false);
    expect(s.state).toBe(state);
  });

  it('of the earliest start-by takes it along: without pending work the lease has none', () => {
    expect(claimed().lease).toMatchObject({ pending: 0, startByMs: null });
  });

  it('is not joined by another when it was made for one task alone', () => {
    const s = claimed();
    s.ask('b', 'r2');
    s.ask('c', 'r3');
    const alone = {
      type: 'taskClaimed',
      taskKey: 'mirror:b',
      token: 't2',
      parameters: null,
      work: {} as never,
    } as const;
    s.do(alone, { ...alone, taskKey: 'mirror:c', token: 't3', batchId: 't2' });
    expect(s.item('b')).toMatchObject({ state: 'running' });
    expect(s.item('c')).toMatchObject({ state: 'pending', claim: null });
  });
});

describe('a task that fails', () => {
  it('pauses twice as long at each attempt, and says of each what came of it', () => {
    const s = new Scenario({ maxAttempts: 3, retryPauseMs: min(1) });
    s.ask();
    s.open(0);
    const pauses: number[] = [];
    for (const token of ['t1', 't2', 't3']) {
      s.claim(token);
      s.finish(token, failed);
      pauses.push(((s.item()?.notBeforeMs ?? 0) - s.nowMs) / MINUTE_MS);
      s.nowMs = s.item()?.notBeforeMs ?? 0;
    }
    expect(pauses.slice(0, 2)).toEqual([1, 2]);
    const dies = { type: 'taskFailed', ...task, message: 'exit 1' };
    const at = (token: string, minute: number) =>
      ended(token, min(minute), { claimedAtMs: min(minute), message: 'exit 1' });
    const tries = [at('t1', 2), at('t2', 3), at('t3', 5)];
    expect(s.facts.filter(({ type }) => type === 'taskFailed')).toStrictEqual([
      { ...dies, token: 't1', attempts: 1, next: 'retry', tries: tries.slice(0, 1) },
      { ...dies, token: 't2', attempts: 2, next: 'retry', tries: tries.slice(0, 2) },
      { ...dies, token: 't3', attempts: 3, next: 'dead', tries },
    ]);
  });

  it('pauses as long each time when it never started', () => {
    const s = new Scenario({ retryPauseMs: min(1) });
    s.ask();
    s.open(0);
    for (const token of ['t1', 't2', 't3']) {
      s.claim(token);
      s.finish(token, notStarted);
      expect(s.item()?.notBeforeMs).toBe(s.nowMs + min(1));
      s.nowMs += min(1);
    }
  });
});

describe('a lease whose creation fails', () => {
  it('is closed with its stack, as failed, and learns nothing of that deletion', () => {
    const s = new Scenario({ createBackoffMs: min(1) });
    s.ask();
    s.do({ type: 'stackFailed', fence: 1, stackId: STACK, createdAtMs: 5 });
    s.at(3).deleted();
    expect(s.facts.slice(2)).toStrictEqual([
      { type: 'leaseClosing', fence: 1, stackId: STACK, reason: 'creationFailed' },
      // The backoff is over, yet it waits for its timer.
      { type: 'leaseClosed', fence: 1, openedAtMs: 5, closedAtMs: min(3), failed: true },
    ]);
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 1, deletion: null, closingAtMs: null });
  });

  it('gives its pending work up after the last one, and is not opened again by the timer', () => {
    const s = new Scenario({ maxCreateFailures: 1, createBackoffMs: min(1) });
    s.ask('app', 'r1');
    s.do({ type: 'stackFailed', fence: 1, stackId: STACK, createdAtMs: 5 });
    const giveUp: Command = { type: 'gaveUp', taskKeys: ['mirror:none', 'mirror:app'], message: 'no endpoints' };
    expect(s.do(giveUp)).toBe(false);
    s.at(2).deleted();
    s.at(4).fire();
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 1, pending: 1 });
    const before = s.facts.length;
    expect(s.do(giveUp)).toBe(true);
    const { fence, taskKey, request: asked } = task;
    const dies = { type: 'taskFailed', taskKey, token: null, request: asked, message: 'no endpoints', attempts: 0 };
    expect(s.facts.slice(before)).toStrictEqual([{ ...dies, next: 'dead', fence, tries: [] }]);
    expect(s.item()).toMatchObject({ state: 'dead', lastError: 'no endpoints' });
    // Announced a second time, it gives up nothing that is dead already.
    s.do({ type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null }, giveUp);
    expect(s.facts).toHaveLength(before + 1);
  });
});

describe('a lease that closes with work', () => {
  /** Closing, with these start-bys pending and a dead item whose start-by was long ago. */
  function closing(...startByMinutes: number[]): Scenario {
    const s = new Scenario({ maxAttempts: 1 });
    s.ask('dead', 'r0');
    s.open(0);
    s.claim('t0', 'dead');
    s.finish('t0', failed, 'dead');
    s.at(53).fire();
    for (const minute of startByMinutes) s.ask(`app-${minute}`, `r-${minute}`, min(minute) - s.nowMs);
    return s;
  }

  it('waits for the earliest start-by of those who are pending', () => {
    const s = closing(400, 300, 500);
    // What the lease was written with is a bound, no more.
    s.state = { ...s.state, lease: { ...s.lease, startByMs: min(100) } };
    s.at(55).deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', startByMs: min(300), dead: 1, pending: 3 });
  });

  it('learns nothing of a deletion that was begun by a version that did not note when', () => {
    const s = closing(400);
    s.state = { ...s.state, lease: { ...s.lease, closingAtMs: null } };
    s.at(55).deleted();
    expect(s.lease).toMatchObject({ phase: 'closed', deletion: null });
  });
});
