/** Several repositories in one Fargate task: who shares a task with whom, and what becomes of each. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBatches } from './batches.ts';
import { freeTasks } from './parallel.ts';
import { failed, request, Scenario } from './scenario.fixture.ts';
import { HOUR_MS, type LeaseSettings, MINUTE_MS } from './settings.ts';
import type { TaskItem, Work } from './task.ts';

/** An open lease for which these repositories wait, in this order. */
function waiting(repositories: string[], settings: Partial<LeaseSettings> = {}, delayMs = 0): Scenario {
  const s = new Scenario(settings);
  s.ask('first');
  s.open(0);
  s.claim('t0', 'first');
  s.finish('t0', { status: 'succeeded' }, 'first');
  for (const [n, repository] of repositories.entries()) s.ask(repository, `r${n}`, n + delayMs);
  return s;
}

const names = (batches: TaskItem[][]) =>
  batches.map((batch) => batch.map(({ taskKey }) => taskKey.replace('mirror:', '')));
const plan = (s: Scenario) => names(planBatches(s.state, s.nowMs, s.settings));

function claimBatch(s: Scenario, batch: string[], id = 'batch'): boolean {
  return s.do(
    ...batch.map((repository, n) => ({
      type: 'taskClaimed' as const,
      taskKey: `mirror:${repository}`,
      token: n === 0 ? id : `${id}-${n}`,
      batchId: id,
      parameters: { id },
      work: {} as Work,
    })),
  );
}

describe('who shares a task with whom', () => {
  it('nobody, as long as each can have a task', () => {
    expect(plan(waiting(['a', 'b', 'c'], { maxParallelTasks: 3 }))).toEqual([['a'], ['b'], ['c']]);
  });

  it('those left over are dealt out evenly, the most urgent begin', () => {
    const s = waiting(['a', 'b', 'c', 'd', 'e'], { maxParallelTasks: 2 });
    expect(plan(s)).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('no more than the deployment allows; the others wait', () => {
    const s = waiting(['a', 'b', 'c', 'd', 'e'], { maxParallelTasks: 1, maxRepositoriesPerTask: 3 });
    expect(plan(s)).toEqual([['a', 'b', 'c']]);
    expect(plan(waiting(['a', 'b'], { maxParallelTasks: 1, maxRepositoriesPerTask: 1 }))).toEqual([['a']]);
  });

  it('no more than one write can claim, whatever the deployment allows', () => {
    const many = Array.from({ length: 40 }, (_, n) => `app-${n}`);
    const [batch] = plan(
      waiting(many, { maxParallelTasks: 1, maxRepositoriesPerTask: 1_000, taskTimeLimitMs: 9 * HOUR_MS }),
    );
    expect(batch).toHaveLength(24);
  });

  it('never a command, be it first or left over', () => {
    const s = waiting(['a', 'b'], { maxParallelTasks: 1 });
    const task = { kind: 'command' as const, name: 'x' };
    s.do({ type: 'requestAccepted', request: { ...request('', 'r9', s.nowMs), task, startByMs: s.nowMs + 9 } });
    expect(plan(s)).toEqual([['a', 'b']]);
    s.do({ type: 'requestAccepted', request: { ...request('', 'r10', s.nowMs), task, startByMs: 0 } });
    expect(plan(s)).toEqual([['command:x']]);
  });

  it('nobody whose turn would end after the time limit', () => {
    const settings = { maxParallelTasks: 1, taskTimeLimitMs: 10 * MINUTE_MS, usualTaskMs: 5 * MINUTE_MS };
    const s = new Scenario(settings);
    for (const name of ['a', 'b', 'c']) s.ask(name, name);
    s.open(0);
    expect(plan(s)).toEqual([['a', 'b']]);
  });

  it('nobody who can wait for the next hour and would be begun past the last call of this one', () => {
    const s = new Scenario({ maxParallelTasks: 1, usualTaskMs: 4 * MINUTE_MS, deleteMs: 2 * MINUTE_MS });
    s.ask('a');
    s.open(0);
    s.at(48);
    for (const name of ['b', 'c', 'd']) s.ask(name, name, 2 * HOUR_MS);
    expect(plan(s)).toEqual([['a', 'b']]);
    s.ask('e', 'e');
    expect(plan(s)).toEqual([['a', 'e']]);
  });

  it('one that has failed comes last, so that it takes no turn from another', () => {
    const s = waiting(['bad', 'b', 'c'], { maxParallelTasks: 1 });
    const bad = s.item('bad') as TaskItem;
    s.state = { ...s.state, items: new Map(s.state.items).set(bad.taskKey, { ...bad, attempts: 1 }) };
    expect(plan(s)).toEqual([['b', 'c', 'bad']]);
  });
});

describe('a batch', () => {
  it('is one task of those that may run at once, until its last repository is reported', () => {
    const s = waiting(['a', 'b', 'c', 'd'], { maxParallelTasks: 2 });
    expect(claimBatch(s, ['a', 'b', 'c'])).toBe(true);
    expect(s.lease.running).toBe(3);
    expect(freeTasks(s.state, s.settings)).toBe(1);
    s.finish('batch', undefined, 'a');
    s.finish('batch-1', undefined, 'b');
    expect(freeTasks(s.state, s.settings)).toBe(1);
    s.finish('batch-2', undefined, 'c');
    expect(freeTasks(s.state, s.settings)).toBe(2);
  });

  it('is refused when no task may be begun, with everyone in it', () => {
    const s = waiting(['a', 'b', 'c'], { maxParallelTasks: 1 });
    s.claim('t1', 'a');
    expect(claimBatch(s, ['b', 'c'])).toBe(false);
    expect(s.lease).toMatchObject({ pending: 2, running: 1 });
  });

  it('is joined in the write that begins it, or never', () => {
    const s = waiting(['a', 'b', 'c'], { maxParallelTasks: 5 });
    claimBatch(s, ['a', 'b']);
    const late = {
      type: 'taskClaimed' as const,
      taskKey: 'mirror:c',
      token: 'late',
      parameters: null,
      work: {} as Work,
    };
    expect(s.do({ ...late, batchId: 'batch' })).toBe(false);
    expect(s.do({ ...late, batchId: 'unknown' })).toBe(false);
    expect(s.item('c')?.state).toBe('pending');
  });

  it('may take twice the time limit: it begins nothing past the limit, and what it has begun has the whole of it', () => {
    const s = waiting(['a', 'b', 'c'], { taskTimeLimitMs: HOUR_MS, stopGraceMs: 10 * MINUTE_MS });
    claimBatch(s, ['a', 'b']);
    s.claim('alone', 'c');
    for (const name of ['a', 'b']) expect(s.item(name)?.claim?.stopByMs).toBe(s.nowMs + 130 * MINUTE_MS);
    expect(s.item('c')?.claim?.stopByMs).toBe(s.nowMs + 70 * MINUTE_MS);
  });

  it('ends for each repository in its own way', () => {
    const s = waiting(['good', 'bad', 'late'], { maxAttempts: 2 });
    claimBatch(s, ['good', 'bad', 'late']);
    s.at(9);
    s.do(
      { type: 'taskFinished', taskKey: 'mirror:good', token: 'batch', outcome: { status: 'succeeded', durationMs: 7 } },
      { type: 'taskFinished', taskKey: 'mirror:bad', token: 'batch-1', outcome: failed },
      {
        type: 'taskFinished',
        taskKey: 'mirror:late',
        token: 'batch-2',
        outcome: { status: 'notBegun', message: 'late' },
      },
    );
    expect(s.item('good')).toBeUndefined();
    expect(s.facts).toContainEqual(expect.objectContaining({ type: 'taskSucceeded', durationMs: 7 }));
    expect(s.item('bad')).toMatchObject({ state: 'pending', attempts: 1 });
    expect(s.lease).toMatchObject({ pending: 2, running: 0 });
  });

  it('teaches nothing of how long a task takes that has one repository', () => {
    const s = waiting(['a', 'b'], {});
    const known = s.lease.taskRun;
    claimBatch(s, ['a', 'b']);
    s.at(30).finish('batch', undefined, 'a');
    expect(known).not.toBeNull();
    expect(s.lease.taskRun).toEqual(known);
  });
});

describe('a repository whose turn never came', () => {
  const notBegun = { status: 'notBegun', message: 'the task ended before its turn' } as const;

  it('waits again as if it had not been claimed: nothing is counted, its start-by stays, it may go at once', () => {
    const s = waiting(['a', 'b']);
    const before = s.item('b');
    claimBatch(s, ['a', 'b']);
    s.at(9).finish('batch-1', notBegun, 'b');
    expect(s.item('b')).toEqual({ ...before, lastError: notBegun.message });
    expect(s.facts.at(-1)).toMatchObject({ type: 'taskFailed', attempts: 0, next: 'retry' });
  });

  it('is as urgent as it was when a later push takes its place', () => {
    const s = waiting(['a', 'b']);
    const before = s.item('b');
    claimBatch(s, ['a', 'b']);
    s.ask('b', 'later', HOUR_MS);
    s.at(9).finish('batch-1', notBegun, 'b');
    expect(s.item('b')).toMatchObject({ request: { requestId: 'later' }, startByMs: before?.startByMs, again: null });
    expect(s.facts.at(-1)).toMatchObject({ request: { requestId: 'r1' }, next: 'superseded' });
  });
});

describe('however many wait, and whatever may run', () => {
  it('a plan claims nobody twice, keeps all bounds, and is accepted as it is', () => {
    const shape = fc.record({
      count: fc.integer({ min: 0, max: 60 }),
      maxParallelTasks: fc.integer({ min: 1, max: 6 }),
      maxRepositoriesPerTask: fc.integer({ min: 1, max: 30 }),
      running: fc.integer({ min: 0, max: 6 }),
    });
    fc.assert(
      fc.property(shape, ({ count, running, ...settings }) => {
        const s = waiting(
          Array.from({ length: count }, (_, n) => `app-${n}`),
          settings,
        );
        for (let n = 0; n < running; n += 1) s.claim(`t${n}`, `app-${n}`);
        const free = freeTasks(s.state, s.settings);
        const batches = plan(s);
        expect(batches.length).toBeLessThanOrEqual(free);
        expect(new Set(batches.flat()).size).toBe(batches.flat().length);
        const sizes = batches.map(({ length }) => length);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(Math.min(settings.maxRepositoriesPerTask, 24));
        expect(Math.max(0, ...sizes) - Math.min(Number.POSITIVE_INFINITY, ...sizes)).toBeLessThanOrEqual(1);
        // Somebody waits only where all tasks are full.
        if (s.lease.pending > batches.flat().length && free > 0) {
          expect(sizes).toEqual(sizes.map(() => Math.min(settings.maxRepositoriesPerTask, 24)));
        }
        for (const [n, batch] of batches.entries()) claimBatch(s, batch, `batch${n}`);
        expect(batches.flat().every((name) => s.item(name)?.state === 'running')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
