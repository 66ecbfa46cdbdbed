import { describe, expect, it } from 'vitest';
import { createStage, entryOf, statusOf } from '../testing/index.ts';
import { readTimeline } from './timeline.ts';

const HOUR = 3_600_000;
const at = Date.UTC(2026, 10, 20, 10);
const day = { fromMs: at - 24 * HOUR, toMs: at, pixels: 1_000 };
const iso = (ms: number) => new Date(ms).toISOString();

describe('a timeline', () => {
  it('has the ended openings with their paid hours, and the one that is open', async () => {
    const stage = createStage({
      openings: [
        { fence: 1, openedAt: iso(at - 5 * HOUR), closedAt: iso(at - 3.5 * HOUR), failed: false, message: null },
      ],
    });
    const status = statusOf(at, { phase: 'open', fence: 2, paidUntil: iso(at + HOUR / 4) });
    const { leases } = await readTimeline(stage, status, day);
    expect(leases).toEqual([
      { fence: 1, fromMs: at - 5 * HOUR, toMs: at - 3.5 * HOUR, paidUntilMs: at - 3 * HOUR, failed: false },
      { fence: 2, fromMs: at - 0.75 * HOUR, toMs: null, paidUntilMs: at + HOUR / 4, failed: false },
    ]);
  });

  it('has tasks and requests, also those that run and wait, and counts those that fall on one point', async () => {
    const history = [entryOf(1, at - HOUR), entryOf(2, at - HOUR - 1_000), entryOf(97, at - 3 * HOUR)];
    const task = { task: 'mirror:x', carrier: 'fargate' as const, attempts: 0 };
    const status = statusOf(at, {
      runs: [
        {
          ...task,
          requestId: 'r',
          acceptedAt: iso(at - 60_000),
          claimedAt: iso(at - 30_000),
          stopBy: iso(at),
          taskArn: null,
          again: false,
        },
      ],
      waiting: [
        {
          ...task,
          requestId: 'w',
          acceptedAt: iso(at - 9 * HOUR),
          startBy: iso(at),
          notBefore: null,
          lastError: null,
          held: false,
        },
      ],
    });
    const { tasks, pushes } = await readTimeline(createStage({ history }), status, day);
    expect(tasks.map(({ count, failed }) => [count, failed])).toEqual([
      [1, 1],
      [2, 0],
      [1, 0],
    ]);
    expect(pushes.map(({ count }) => count)).toEqual([1, 1, 2, 1]);
  });

  it('leaves out what joined another and what lies outside', async () => {
    const history = [entryOf(1, at - HOUR, { result: 'joined' }), entryOf(2, at - 30 * HOUR)];
    const { tasks } = await readTimeline(createStage({ history }), statusOf(at), day);
    expect(tasks).toEqual([]);
  });

  it('draws no more of 50,000 entries than can be seen', async () => {
    const history = Array.from({ length: 50_000 }, (_, n) => entryOf(n + 1, at - n * 50_000));
    const month = { fromMs: at - 31 * 24 * HOUR, toMs: at, pixels: 1_000 };
    const { tasks, pushes, readFromMs } = await readTimeline(createStage({ history }), statusOf(at), month);
    expect(pushes.length).toBeLessThanOrEqual(1_001);
    expect(tasks.length).toBeLessThanOrEqual(1_001);
    expect(tasks.reduce((sum, { count }) => sum + count, 0)).toBe(50_000);
    expect(readFromMs).toBe(month.fromMs);
  });
});
