import { createMemoryStore, type Fact, LeaseConflict, type Request } from '@hourglass/lease';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { measure, measureStore } from './metrics.ts';

const setting = { namespace: 'Hourglass/main', endpoints: 4 };
const request: Request = {
  requestId: 'r1',
  origin: { door: 'hook', delivery: 'd1' },
  task: {
    kind: 'mirror',
    repository: 'app',
    sourceUrl: 'https://git.example.com/app.git',
    destination: 'codecommit::app',
  },
  acceptedAtMs: 0,
  startByMs: 600_000,
};
const HOUR = 3_600_000;

const values = (fact: Fact, nowMs = 0, clock: 'anchored' | 'clock' | 'unknown' = 'anchored') =>
  Object.fromEntries(measure(fact, nowMs, clock, setting).map(({ name, value }) => [name, value]));

describe('what is measured', () => {
  it('is how long a request waited for its start, and for its mirror', () => {
    const task = { taskKey: 'mirror:app', token: 't', request, fence: 1, tries: [] };
    expect(values({ type: 'taskStarted', ...task, taskArn: 'arn' }, 90_000)).toEqual({ RequestToStart: 90 });
    expect(values({ type: 'taskSucceeded', ...task, durationMs: 120_000 }, 240_000)).toEqual({
      TasksSucceeded: 1,
      RequestToMirrored: 240,
      TaskMinutes: 2,
    });
  });

  it('is what an opening is paid for, and how much of it the endpoints stood', () => {
    const closed = {
      type: 'leaseClosed',
      fence: 1,
      openedAtMs: 0.75 * HOUR,
      closedAtMs: 1.5 * HOUR,
      failed: false,
    } as const;
    expect(values(closed)).toEqual({ PaidHours: 1, PaidEndpointHours: 4, OpenMinutes: 45 });
    expect(values(closed, 0, 'clock')).toMatchObject({ PaidHours: 2, PaidEndpointHours: 8 });
    expect(values({ ...closed, openedAtMs: null, failed: true })).toEqual({ OpeningsFailed: 1 });
  });

  it('is by which door a request came, and what failed for good or for now', () => {
    const [delivery] = measure(
      { type: 'requestRemembered', taskKey: 'mirror:app', request, as: 'pending', joins: 'r1' },
      0,
      'anchored',
      setting,
    );
    expect(delivery).toMatchObject({ name: 'Deliveries', door: 'hook', value: 1 });
    const failed = {
      type: 'taskFailed',
      taskKey: 'mirror:app',
      token: 't',
      request,
      message: 'no',
      attempts: 1,
      fence: 1,
      tries: [],
    } as const;
    expect(values({ ...failed, next: 'retry' })).toEqual({ AttemptsFailed: 1 });
    expect(values({ ...failed, next: 'dead' })).toEqual({ TasksFailed: 1 });
  });
});

describe('the measured store', () => {
  const lines: string[] = [];

  beforeEach(() => {
    lines.length = 0;
    // Powertools has a console of its own, unless a variable says that this is a developer's machine.
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line));
  });

  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  const fact: Fact = { type: 'requestRemembered', taskKey: 'mirror:app', request, as: 'pending', joins: 'r1' };

  it('writes one line in the embedded metric format when a write has come through', async () => {
    const store = measureStore(createMemoryStore(), 'anchored', setting);
    const state = await store.load('main', { all: true });
    await store.commit(state, state, [fact], 0);
    const [written] = lines.map((line) => JSON.parse(line));
    expect(written._aws.CloudWatchMetrics[0]).toMatchObject({
      Namespace: 'Hourglass/main',
      Metrics: [{ Name: 'Deliveries', Unit: 'Count' }],
    });
    expect(written).toMatchObject({ Deliveries: 1, door: 'hook' });
  });

  it('writes nothing of a write that somebody else has overtaken, or that decided nothing to count', async () => {
    const store = measureStore(createMemoryStore(), 'anchored', setting);
    const state = await store.load('main', { all: true });
    await store.commit(state, state, [], 0);
    await expect(store.commit(state, state, [fact], 0)).rejects.toThrow(LeaseConflict);
    expect(lines).toEqual([]);
  });
});
