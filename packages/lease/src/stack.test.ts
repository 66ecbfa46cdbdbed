/** What is believed of a stack, of whom, and when. */
import { describe, expect, it } from 'vitest';
import type { Command, StackObservation } from './commands.ts';
import { decide } from './decide.ts';
import { Scenario, STACK } from './scenario.fixture.ts';
import { HOUR_MS, MINUTE_MS } from './settings.ts';

type Status = Exclude<StackObservation['status'], 'absent'>;
const seen = (status: Status, fence = 1, deletedAtMs: number | null = null): StackObservation => ({
  status,
  stackId: STACK,
  fence,
  createdAtMs: 7,
  deletedAtMs,
});

/** A lease in each phase. Each has pending work, so that nothing is ignored only for want of it. */
const phases = {
  closed: () => {
    const s = new Scenario();
    s.ask('app', 'r1', 9 * HOUR_MS);
    return s;
  },
  opening: () => {
    const s = new Scenario();
    s.ask();
    return s;
  },
  asked: () => {
    const s = phases.opening();
    s.do({ type: 'creationAsked', fence: 1 });
    return s;
  },
  open: () => phases.opening().open(0),
  running: () => {
    const s = phases.open();
    s.claim('t1');
    return s;
  },
  closing: () => {
    const s = phases.running();
    s.finish('t1');
    s.at(53).fire();
    return s;
  },
  closingBusy: () => {
    const s = phases.running();
    s.deleted();
    return s;
  },
};
type Situation = keyof typeof phases;

const created = { type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 7 } as const;
const refused = { type: 'stackFailed', fence: 1, stackId: null, createdAtMs: null } as const;
const gone = { type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 7, deletedAtMs: 8 } as const;
const ask = { type: 'creationAsked', fence: 1 } as const;
const giveUp: Command = { type: 'gaveUp', taskKeys: ['mirror:app'], message: '' };
const fired = { type: 'timerFired', timerId: 'another', stack: { status: 'absent' } } as const;
const claim = { type: 'taskClaimed', taskKey: 'mirror:app', token: 't', parameters: null, work: {} as never } as const;
const reported: Command = { type: 'deadLettersSent', taskKeys: ['mirror:app', 'mirror:none'] };
const stale: Command[] = [
  { ...created, fence: 0 },
  { ...refused, fence: 0 },
  { ...ask, fence: 0 },
  { ...gone, fence: 0, stackId: 'another' },
];

describe('what a phase does not list', () => {
  it.each<[Situation, Command[]]>([
    ['closed', [...stale, { ...created, fence: 0 }, gone, ask, giveUp, fired, claim, reported]],
    ['opening', [...stale, giveUp, fired, claim, reported]],
    ['asked', [...stale, ask, giveUp, fired, claim, reported]],
    ['open', [...stale, created, refused, ask, giveUp, fired, reported, { ...claim, taskKey: 'mirror:none' }]],
    ['running', [...stale, created, refused, ask, giveUp, fired, claim, reported]],
    ['closing', [...stale, created, refused, ask, giveUp, fired, claim, reported]],
    ['closingBusy', [...stale, created, refused, gone, ask, giveUp, fired, claim, reported]],
  ])('is ignored: %s is left as it is, the very object, whatever time it is', (situation, commands) => {
    const { state, settings } = phases[situation]();
    for (const command of commands) {
      const decision = decide(state, [command], 500 * MINUTE_MS, settings);
      expect(decision, command.type).toStrictEqual({ state, facts: [], changed: false });
      expect(decision.state).toBe(state);
    }
  });
});

describe('a timer of an opening lease', () => {
  const closing = { type: 'leaseClosing', fence: 1, stackId: STACK, reason: 'creationFailed' };

  it('shows nothing before anybody has asked for the stack', () => {
    const s = phases.opening();
    s.at(9).fire({ status: 'absent' });
    expect(s.lease).toMatchObject({ phase: 'opening', fence: 1, failures: 0 });
  });

  it('shows an absent stack as absent from patience after the ask on', () => {
    const s = phases.asked();
    s.nowMs = s.settings.patienceMs - 1;
    s.fire({ status: 'absent' });
    expect(s.lease.phase).toBe('opening');
    s.nowMs += 1;
    s.fire({ status: 'absent' });
    expect(s.lease).toMatchObject({ phase: 'closed', failures: 1 });
  });

  it.each([
    seen('creating', 0),
    seen('complete', 0),
    seen('failed'),
    seen('deleting'),
    seen('deleteFailed'),
    seen('deleted', 1, 8),
    seen('deleted', 0),
  ])('that shows $status of fence $fence has it deleted, its hours being counted', (stack) => {
    const s = phases.asked();
    s.at(9).fire(stack);
    expect(s.facts.at(-1)).toStrictEqual(closing);
    expect(s.lease).toMatchObject({ phase: 'closing', failures: 1, openedAtMs: 7, stackId: STACK });
  });
});

describe('a timer of an open lease', () => {
  it('shows nothing of the stack: only an event says that somebody deleted it', () => {
    const s = phases.open();
    s.claim('t1');
    s.finish('t1');
    s.at(9).fire({ status: 'absent' });
    expect(s.lease.phase).toBe('open');
    s.deleted();
    expect(s.facts.at(-1)).toStrictEqual({ type: 'leaseClosing', fence: 1, stackId: STACK, reason: 'stackGone' });
  });
});

describe('a timer of a closing lease', () => {
  it.each([
    ['absent', { status: 'absent' } as const, 56 * MINUTE_MS],
    ['deleted at some time', seen('deleted', 1, 55 * MINUTE_MS), 55 * MINUTE_MS],
    ['deleted, nobody knows when', seen('deleted'), 56 * MINUTE_MS],
  ])('that shows the stack %s closes it, as of then', (_, stack, closedAtMs) => {
    const s = phases.closing();
    s.at(56).fire(stack);
    expect(s.facts.at(-1)).toStrictEqual({ type: 'leaseClosed', fence: 1, openedAtMs: 0, closedAtMs, failed: false });
    expect(s.lease).toMatchObject({ phase: 'closed', deletion: { usualMs: closedAtMs - 53 * MINUTE_MS } });
  });

  it.each([{ status: 'absent' } as const, seen('deleted'), seen('deleteFailed')])(
    'that shows the stack $status changes nothing while a task still runs',
    (stack) => {
      const s = phases.closingBusy();
      s.at(9).fire(stack);
      expect(s.lease).toMatchObject({ phase: 'closing', running: 1, deleteFailures: 0 });
    },
  );
});

describe('a stack that somebody deleted while it was being created', () => {
  it('is of the fence that is opening, or ignored', () => {
    const s = phases.asked();
    s.do(gone);
    expect(s.facts.at(-1)).toMatchObject({ type: 'leaseClosing', reason: 'creationFailed' });
    expect(s.lease).toMatchObject({ phase: 'closing', failures: 1, openedAtMs: 7 });
  });
});
