/** The policy's answers at their bounds: the last moment of one, and the first of the other. */
import { describe, expect, it } from 'vitest';
import { type Lease, newLease } from './lease.ts';
import * as policy from './policy.ts';
import { request } from './scenario.fixture.ts';
import { defaultSettings, type LeaseSettings, MINUTE_MS, SECOND_MS } from './settings.ts';
import { pendingItem } from './task.ts';

const at = (minute: number) => minute * MINUTE_MS;
const settings: LeaseSettings = {
  ...defaultSettings,
  billingClock: 'anchored',
  createMs: at(3),
  deleteMs: at(2),
  teardownLeadMs: at(7),
  patienceMs: at(2),
  usualTaskMs: at(2),
};
const lease = (fields: Partial<Lease>): Lease => ({ ...newLease('main'), ...fields });
const item = (startByMs: number) => pendingItem(request('app', 'r1', 0, startByMs));
/** Paid until minute 120, so that it is torn down from 113 on, and the last call is at 118. */
const open = (fields: Partial<Lease> = {}) =>
  lease({ phase: 'open', stackId: 's', openedAtMs: at(60), paidUntilMs: at(120), ...fields });
const learned = (usualMs: number, spreadMs: number) => ({ deletion: { usualMs, spreadMs } });

describe('a closed lease', () => {
  it('opens when its work is due, not before the backoff is over, and never without work', () => {
    const opensAtMs = (fields: Partial<Lease>) => policy.leaseOpensAtMs(lease(fields), settings);
    expect(opensAtMs({ pending: 1, startByMs: at(10) })).toBe(at(7));
    expect(opensAtMs({ pending: 1, startByMs: at(10), notBeforeMs: at(8) })).toBe(at(8));
    expect(opensAtMs({ pending: 0, startByMs: at(10) })).toBeNull();
    expect(opensAtMs({ pending: 1, startByMs: null })).toBeNull();
  });

  it('opens now if it is due, or if no timer would fire before its latest opening', () => {
    const opens = (nowMs: number, fields: Partial<Lease> = {}) =>
      policy.opensNow(lease({ pending: 1, startByMs: at(10), ...fields }), nowMs, settings);
    const timer = (atMs: number) => ({ timer: { id: 'a', atMs, owner: 'provisioner' as const } });
    expect(opens(at(5))).toBe(false);
    expect(opens(at(5) + 1)).toBe(true);
    expect(opens(at(6), timer(at(7)))).toBe(false);
    expect(opens(at(6), timer(at(7) + 1))).toBe(true);
    // One whose time it is may still fire; one whose time is past is not waited for.
    expect(opens(at(6), timer(at(6)))).toBe(false);
    expect(opens(at(6), timer(at(6) - 1))).toBe(true);
    expect(opens(at(20), { pending: 0 })).toBe(false);
    expect(opens(at(20), { pending: 0, startByMs: null })).toBe(false);
  });

  it('opens late in a clock hour only under the unknown bill, from 36 minutes in it on', () => {
    const due = (billingClock: 'clock' | 'unknown', startByMs: number) =>
      policy.openDueMs({ followUps: 1_000 }, startByMs, { ...settings, billingClock });
    expect(due('unknown', at(60 + 36 + 3))).toBe(at(96));
    expect(due('unknown', at(60 + 36 + 3) - 1)).toBe(at(60));
    expect(due('clock', at(60 + 50 + 3))).toBe(at(60));
  });
});

describe('the deletion', () => {
  it('is taken to last as set, then as measured and one spread, and never longer than the lead', () => {
    const usual = (fields: Partial<Lease>, more: Partial<LeaseSettings> = {}) =>
      policy.usualDeletionMs(open(fields), { ...settings, ...more });
    expect(usual({})).toBe(at(2));
    expect(usual({}, { deleteMs: at(9) })).toBe(at(7));
    expect(usual(learned(at(3), at(1)))).toBe(at(4));
    expect(usual(learned(at(8), at(1)), { learnsLead: false })).toBe(at(7));
  });

  it('begins four spreads before it must, and one spread and a late firing at the least', () => {
    const leadMs = (fields: Partial<Lease>, learnsLead = true) =>
      policy.teardownLeadMs(open(fields), { ...settings, learnsLead });
    expect(leadMs({})).toBe(at(7));
    expect(leadMs(learned(at(3), at(1)), false)).toBe(at(7));
    expect(leadMs(learned(at(3), at(1)))).toBe(at(3 + 4));
    expect(leadMs(learned(at(3), 10 * SECOND_MS))).toBe(at(3) + (10 + 65) * SECOND_MS);
  });

  it('has its last look when the next timer may fire past the last call', () => {
    const isLast = (nowMs: number) => policy.isLastLook(open(), nowMs, settings);
    const latestMs = at(118) - at(2) - 65 * SECOND_MS;
    expect(isLast(latestMs)).toBe(false);
    expect(isLast(latestMs + 1)).toBe(true);
  });
});

describe('the end of an hour', () => {
  it('is looked at as it begins, at the last call, and just past it while tasks run', () => {
    const look = (nowMs: number, running = 0) => policy.nextLookMs(open({ running }), nowMs, settings);
    expect(look(at(113) - 1)).toBe(at(113));
    expect(look(at(113))).toBe(at(118));
    expect(look(at(118) - 1)).toBe(at(118));
    expect(look(at(118))).toBe(at(118) + 1);
    expect(look(at(113) - 1, 1)).toBe(at(113));
    expect(look(at(113), 1)).toBe(at(118) + 1);
  });

  it('is the first that a deletion can still meet, by the reading that the bill is taken to have', () => {
    const ends = (billingClock: LeaseSettings['billingClock'], nowMinute: number) =>
      policy.nextHourMs(open({ openedAtMs: at(80) }), at(nowMinute), { ...settings, billingClock }) / MINUTE_MS;
    expect([ends('anchored', 82), ends('clock', 82), ends('unknown', 82)]).toEqual([140, 120, 120]);
    expect([ends('anchored', 118), ends('clock', 118), ends('unknown', 118)]).toEqual([140, 180, 140]);
    expect([ends('anchored', 138), ends('clock', 138), ends('unknown', 138)]).toEqual([200, 180, 180]);
  });

  it('is outstayed once, by what is worth keeping until the other reading has its end', () => {
    const unknown = { ...settings, billingClock: 'unknown' as const };
    /** Created so many minutes past the clock hour that ends. */
    const outstays = (minute: number, fields: Partial<Lease> = {}, more: Partial<LeaseSettings> = {}) =>
      policy.outstaysHour(open({ openedAtMs: at(60 + minute), followUps: 400, ...fields }), { ...unknown, ...more });
    expect(outstays(36)).toBe(true);
    expect(outstays(59)).toBe(true);
    expect(outstays(36 - 1 / MINUTE_MS)).toBe(false);
    // Where both end at once, a whole hour would have to be paid for.
    expect(outstays(60)).toBe(false);
    expect(outstays(36, { followUps: 399 })).toBe(false);
    expect(outstays(36, { idleEndMs: at(119) })).toBe(false);
    expect(outstays(36, {}, { billingClock: 'clock' })).toBe(false);
    expect(outstays(0, { openedAtMs: null, paidUntilMs: at(140) })).toBe(false);
    expect(outstays(-80, { paidUntilMs: null })).toBe(false);
  });
});

describe('a pending task', () => {
  it('fits the hour if it may end by the last call: on its lucky side, unless it can wait two hours more', () => {
    const fits = (nowMs: number, startByMs: number, fields: Partial<Lease> = {}) =>
      policy.fitsHour(open(fields), item(startByMs), nowMs, settings);
    expect(fits(at(116), 0)).toBe(true);
    expect(fits(at(116) + 1, 0)).toBe(false);
    const measured = { taskRun: { usualMs: at(5), spreadMs: at(4) } };
    expect(fits(at(117), at(240), measured)).toBe(true);
    expect(fits(at(117) + 1, at(240), measured)).toBe(false);
    expect(fits(at(113), at(240) + 1, measured)).toBe(true);
    expect(fits(at(113) + 1, at(240) + 1, measured)).toBe(false);
  });

  it('can wait if these endpoints can be gone and the next be created before its start-by', () => {
    const can = (nowMs: number, startByMs: number) => policy.canWait(open(), item(startByMs), nowMs, settings);
    expect(can(at(70), at(113 + 2 + 3))).toBe(true);
    expect(can(at(70), at(113 + 2 + 3) - 1)).toBe(false);
    expect(can(at(116), at(116 + 2 + 3))).toBe(true);
    expect(can(at(116), at(116 + 2 + 3) - 1)).toBe(false);
  });

  it('belongs to this hour if it fits or cannot wait', () => {
    const belongs = (nowMs: number, startByMs: number) =>
      policy.belongsToThisHour(open(), item(startByMs), nowMs, settings);
    expect(belongs(at(100), at(400))).toBe(true);
    expect(belongs(at(117), at(400))).toBe(false);
    expect(belongs(at(117), at(121))).toBe(true);
  });

  it('follows soon if it comes within 36 minutes and must start within two hours', () => {
    const follows = (nowMs: number, startByMs: number) => policy.followsSoon(at(1), nowMs, startByMs);
    expect([follows(at(37) - 1, at(37)), follows(at(37), at(37))]).toEqual([true, false]);
    expect([follows(at(9), at(121)), follows(at(9), at(121) + 1)]).toEqual([true, false]);
  });
});
