import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_AN_HOUR, type NotifyEffects, notifyOfFailure, notifyOfRecovery } from './notify.ts';
import type { Notice, Records } from './records.ts';

const MINUTE_MS = 60_000;

/** Records in memory; `dies` ends a handler after so many calls of any kind, as a Lambda that is stopped. */
function start() {
  const notices = new Map<string, Notice>();
  const counts = new Map<number, number>();
  const sent: { subject: string; text: string }[] = [];
  const world = { nowMs: Date.UTC(2026, 0, 5, 9), dies: Number.POSITIVE_INFINITY };
  const step = () => {
    if (world.dies-- <= 0) throw new Error('stopped');
  };
  const records: Records = {
    async beginNotice(taskKey, notice) {
      step();
      const there = notices.get(taskKey) ?? notice;
      notices.set(taskKey, there);
      return there;
    },
    async markSent(taskKey, requestId) {
      step();
      const there = notices.get(taskKey);
      if (there?.requestId === requestId) notices.set(taskKey, { ...there, sent: true });
    },
    async readNotice(taskKey) {
      step();
      return notices.get(taskKey);
    },
    async endNotice(taskKey, requestId) {
      step();
      if (notices.get(taskKey)?.requestId === requestId) notices.delete(taskKey);
    },
    async countNotice(hour) {
      step();
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
      return counts.get(hour) ?? 0;
    },
  };
  const effects: NotifyEffects = {
    records,
    publish: async (subject, text) => {
      step();
      sent.push({ subject, text });
    },
    deployment: 'main',
    nowMs: () => world.nowMs,
  };
  const fail = (requestId: string, taskKey = 'mirror:app') =>
    notifyOfFailure({ taskKey, requestId, message: 'the source answered 401', attempts: 3 }, effects);
  const recover = (taskKey = 'mirror:app') => notifyOfRecovery(taskKey, 'push-9', effects);
  return { world, sent, notices, fail, recover };
}

let given: ReturnType<typeof start>;
beforeEach(() => {
  given = start();
});
const subjects = () => given.sent.map(({ subject }) => subject);

describe('a repository that fails', () => {
  it('is published once, with the reason and what to do, however often it fails', async () => {
    await given.fail('push-1');
    await given.fail('push-1');
    given.world.nowMs += 600 * MINUTE_MS;
    await given.fail('push-2');
    expect(subjects()).toEqual(['mirror:app fails']);
    expect(given.sent[0]?.text).toContain('after 3 attempts in the deployment main:\n\nthe source answered 401\n');
    expect(given.sent[0]?.text).toContain('hourglass replay app');
  });

  it('is published to work again, once, and published anew when it fails later', async () => {
    await given.fail('push-1');
    given.world.nowMs += 180 * MINUTE_MS;
    await given.recover();
    await given.recover();
    await given.fail('push-3');
    expect(subjects()).toEqual(['mirror:app fails', 'mirror:app works again', 'mirror:app fails']);
    expect(given.sent[1]?.text).toContain('after 3 hours');
  });

  it('that never failed is never published', async () => {
    await given.recover();
    expect(subjects()).toEqual([]);
  });

  it.each([0, 1, 2, 3])('is published, though the handler is stopped after %i calls and runs again', async (calls) => {
    given.world.dies = calls;
    await given.fail('push-1').catch(() => {});
    given.world.dies = Number.POSITIVE_INFINITY;
    await given.fail('push-1');
    await given.fail('push-1');
    // Published twice only where it was stopped between the publishing and the mark.
    expect(subjects().filter((subject) => subject === 'mirror:app fails')).toHaveLength(calls === 3 ? 2 : 1);
    await given.recover();
    expect(given.notices.size).toBe(0);
  });

  it('is published by the next failure, if the first was stopped before it published and never came again', async () => {
    given.world.dies = 1;
    await given.fail('push-1').catch(() => {});
    given.world.dies = Number.POSITIVE_INFINITY;
    await given.fail('push-2');
    expect(subjects()).toEqual([]);
    given.world.nowMs += 10 * MINUTE_MS;
    await given.fail('push-2');
    expect(subjects()).toEqual(['mirror:app fails']);
  });

  it.each([1, 2])('and works again is published, though the handler is stopped after %i calls', async (calls) => {
    await given.fail('push-1');
    given.world.dies = calls;
    await given.recover().catch(() => {});
    given.world.dies = Number.POSITIVE_INFINITY;
    await given.recover();
    expect(subjects().at(-1)).toBe('mirror:app works again');
  });
});

it('of five hundred that fail at once a mailbox gets twenty messages, and the last says so', async () => {
  for (let index = 0; index < 500; index += 1) await given.fail(`push-${index}`, `mirror:r${index}`);
  expect(given.sent).toHaveLength(MOST_AN_HOUR);
  expect(given.sent.at(-1)?.text).toContain('no further ones are reported');
  expect(given.sent.at(-2)?.text).not.toContain('further ones');
});
