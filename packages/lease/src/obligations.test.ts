/** What each state owes, all of it: who owes it, and when somebody must look again. */
import { describe, expect, it } from 'vitest';
import { type Lease, type LeaseState, newLease } from './lease.ts';
import { claimableItems, type Obligation, obligations } from './obligations.ts';
import { request, STACK } from './scenario.fixture.ts';
import { defaultSettings, type LeaseSettings, MINUTE_MS } from './settings.ts';
import { type Claim, pendingItem, type TaskItem } from './task.ts';

const settings: LeaseSettings = {
  ...defaultSettings,
  billingClock: 'anchored',
  teardownLeadMs: 7 * MINUTE_MS,
  deleteMs: 2 * MINUTE_MS,
  createMs: 3 * MINUTE_MS,
  patienceMs: 2 * MINUTE_MS,
  usualTaskMs: 4 * MINUTE_MS,
  checkTaskMs: 45 * MINUTE_MS,
  maxCreateFailures: 5,
};
const nowMs = 1_000 * MINUTE_MS;
/** Minutes from now. */
const at = (minutes: number) => nowMs + minutes * MINUTE_MS;

const waiting = (name: string, startByMinutes = 0, fields: Partial<TaskItem> = {}): TaskItem => ({
  ...pendingItem({ ...request(name, name, nowMs), startByMs: at(startByMinutes) }),
  ...fields,
});

function running(name: string, claim: Partial<Claim> = {}): TaskItem {
  const known = { token: name, fence: 7, claimedAtMs: nowMs, stopByMs: at(70), seenAtMs: nowMs, parameters: null };
  return { ...waiting(name), state: 'running', claim: { ...known, taskArn: `arn:${name}`, ...claim } };
}

const dead = (name: string): TaskItem => ({ ...waiting(name), state: 'dead' });

function stateOf(lease: Partial<Lease>, items: TaskItem[] = [], complete = true): LeaseState {
  const count = (state: TaskItem['state']) => items.filter((item) => item.state === state).length;
  const counts = { pending: count('pending'), running: count('running'), dead: count('dead') };
  return {
    lease: { ...newLease('main'), fence: 7, ...counts, ...lease },
    items: new Map(items.map((item) => [item.taskKey, item])),
    complete,
    seen: new Set(),
  };
}

const open = { phase: 'open', stackId: STACK, openedAtMs: at(-20), paidUntilMs: at(40) } as const;
const closing = { phase: 'closing', stackId: STACK, openedAtMs: at(-58), paidUntilMs: at(2) } as const;

const owedBy = (state: LeaseState) => obligations(state, nowMs, settings);
const endHour = (owner: 'runner' | 'teardown'): Obligation => ({ kind: 'endHour', owner, dueAtMs: at(33) });
const claimIn = (minutes: number): Obligation => ({ kind: 'claim', owner: 'runner', dueAtMs: at(minutes) });
const sendDeadLetters = (owner: 'runner' | 'provisioner'): Obligation => ({
  kind: 'sendDeadLetters',
  owner,
  dueAtMs: at(2),
});
const checkTask = (name: string, minutes: number): Obligation => ({
  kind: 'checkTask',
  taskKey: `mirror:${name}`,
  owner: 'runner',
  dueAtMs: at(minutes),
});

describe('what a lease owes', () => {
  it.each<[string, LeaseState, Obligation[]]>([
    ['closed and idle: nothing', stateOf({ phase: 'closed' }), []],
    [
      'closed with work: to open as late as the earliest start-by allows',
      stateOf({ phase: 'closed', startByMs: at(60) }, [waiting('a', 60)]),
      [{ kind: 'open', owner: 'provisioner', dueAtMs: at(57) }],
    ],
    [
      'closed within the backoff: to open when it is over',
      stateOf({ phase: 'closed', startByMs: at(0), failures: 4, notBeforeMs: at(9) }, [waiting('a')]),
      [{ kind: 'open', owner: 'provisioner', dueAtMs: at(9) }],
    ],
    [
      'closed with work after too many failures: to give up, without waiting for the backoff',
      stateOf({ phase: 'closed', startByMs: at(0), failures: 5, notBeforeMs: at(9) }, [waiting('a')]),
      [{ kind: 'giveUp', owner: 'provisioner', dueAtMs: at(2) }],
    ],
    ['closed and idle after too many failures: nothing', stateOf({ phase: 'closed', failures: 5 }), []],
    [
      'closed with dead items: the provisioner reports them',
      stateOf({ phase: 'closed' }, [dead('a')]),
      [sendDeadLetters('provisioner')],
    ],
    [
      'opening: to ask for the stack',
      stateOf({ phase: 'opening' }, [waiting('a')]),
      [{ kind: 'askCreation', fence: 7, owner: 'provisioner', dueAtMs: at(2) }],
    ],
    [
      'opening and asked: to look when a creation has had its time',
      stateOf({ phase: 'opening', askedAtMs: at(-1) }, [waiting('a')]),
      [{ kind: 'observeCreation', fence: 7, owner: 'provisioner', dueAtMs: at(-1 + 3 + 2) }],
    ],
    ['open and idle: the teardown ends the hour', stateOf(open), [endHour('teardown')]],
    [
      'open with work: the runner claims it, and ends the hour',
      stateOf(open, [waiting('a')]),
      [endHour('runner'), claimIn(2)],
    ],
    [
      'open with as much waiting as running: the runner ends the hour',
      stateOf(open, [waiting('a'), running('b')]),
      [endHour('runner'), claimIn(2), checkTask('b', 45)],
    ],
    [
      'open with dead items only: the runner reports them, the teardown ends the hour',
      stateOf(open, [dead('a')]),
      [endHour('teardown'), sendDeadLetters('runner')],
    ],
    [
      'closing: to delete its stack, by id',
      stateOf(closing),
      [{ kind: 'deleteStack', stackId: STACK, owner: 'teardown', dueAtMs: at(2) }],
    ],
    ['closing without a stack: to delete nothing', stateOf({ ...closing, stackId: null }), []],
    [
      'closing while a task runs: to see the task through, before the stack is deleted again',
      stateOf(closing, [running('a')]),
      [checkTask('a', 45)],
    ],
  ])('%s', (_, state, owed) => {
    expect(owedBy(state)).toEqual(owed);
  });

  it('closing, after deletions that failed: to ask again after a pause that doubles, up to an hour', () => {
    const pauses = [0, 1, 2, 4, 5, 50].map((deleteFailures) => {
      const [owed] = owedBy(stateOf({ ...closing, deleteFailures }));
      return ((owed?.dueAtMs ?? 0) - nowMs) / MINUTE_MS;
    });
    expect(pauses).toEqual([2, 4, 8, 32, 60, 60]);
  });
});

describe('what a running task is owed', () => {
  it.each<[string, Partial<Claim>, { kind: 'runTask' | 'checkTask'; dueAtMs: number }]>([
    ['RunTask, until it is confirmed', { taskArn: null, seenAtMs: at(-1) }, { kind: 'runTask', dueAtMs: at(1) }],
    ['a look within 45 minutes', { seenAtMs: at(-10) }, { kind: 'checkTask', dueAtMs: at(35) }],
    ['a look when it is to be stopped', { stopByMs: at(5) }, { kind: 'checkTask', dueAtMs: at(5) }],
    [
      'a look again soon, once it was seen when it was to be stopped',
      { stopByMs: at(-3), seenAtMs: at(-3) },
      { kind: 'checkTask', dueAtMs: at(-1) },
    ],
    [
      'a look again soon, once it was seen past that',
      { stopByMs: at(-9), seenAtMs: at(-1) },
      { kind: 'checkTask', dueAtMs: at(1) },
    ],
  ])('%s', (_, claim, owed) => {
    const tasks = owedBy(stateOf(open, [running('a', claim)])).filter(({ kind }) => kind.endsWith('Task'));
    expect(tasks).toEqual([{ taskKey: 'mirror:a', owner: 'runner', ...owed }]);
  });
});

describe('when the runner next claims', () => {
  const claims = (state: LeaseState, changed: Partial<LeaseSettings> = {}) =>
    obligations(state, nowMs, { ...settings, ...changed }).filter(({ kind }) => kind === 'claim');
  const paused = (name: string, minutes: number, startByMinutes = 0) =>
    waiting(name, startByMinutes, { notBeforeMs: at(minutes) });

  it('at the earliest end of a pause, wherever it stands', () => {
    const [early, middle, late] = [paused('a', 5), paused('b', 7), paused('c', 9)];
    expect(claims(stateOf(open, [middle, early, late]))).toEqual([claimIn(5)]);
  });

  it('not sooner than patience from now', () => {
    expect(claims(stateOf(open, [paused('a', 1)]))).toEqual([claimIn(2)]);
  });

  it('never for work that can wait for the next opening and would not fit when its pause ends', () => {
    expect(claims(stateOf(open, [paused('a', 34, 500)]))).toEqual([claimIn(34)]);
    expect(claims(stateOf(open, [paused('a', 35, 500)]))).toEqual([]);
  });

  it('never while as many tasks run as may: the end of one is what it waits for', () => {
    const state = stateOf(open, [waiting('a'), running('b')]);
    expect(claims(state, { maxParallelTasks: 1 })).toEqual([]);
    expect(claims(state, { maxParallelTasks: 2 })).toEqual([claimIn(2)]);
  });

  it('soon, if only a few items were loaded, since those may share a task', () => {
    expect(claims(stateOf(open, [paused('a', 9), running('b')], false), { maxParallelTasks: 1 })).toEqual([claimIn(2)]);
    expect(claims(stateOf({ ...open, pending: 1 }, [], false))).toEqual([claimIn(2)]);
    expect(claims(stateOf(open, [], false))).toEqual([]);
  });
});

describe('who may be claimed now', () => {
  const claimable = (state: LeaseState, changed: Partial<LeaseSettings> = {}) =>
    claimableItems(state, nowMs, { ...settings, ...changed }).map(({ taskKey }) => taskKey.replace('mirror:', ''));

  it('those that are pending and whose pause is over, by start-by and then by age', () => {
    const aged = (name: string, minutes: number) =>
      waiting(name, 5, { request: { ...request(name, name), acceptedAtMs: at(minutes) } });
    const items = [aged('second', -2), aged('third', -1), aged('first', -3), waiting('urgent', 4), waiting('last', 6)];
    const others = [running('runs'), dead('dead'), waiting('paused', 0, { notBeforeMs: nowMs + 1 })];
    expect(claimable(stateOf(open, [...others, ...items]))).toEqual(['urgent', 'first', 'second', 'third', 'last']);
  });

  it('nobody unless the lease is open', () => {
    for (const phase of ['closed', 'opening', 'closing'] as const) {
      expect(claimable(stateOf({ ...open, phase }, [waiting('a')]))).toEqual([]);
    }
  });

  it('nobody while as many tasks run as may', () => {
    expect(claimable(stateOf(open, [waiting('a'), running('b')]), { maxParallelTasks: 1 })).toEqual([]);
  });
});
