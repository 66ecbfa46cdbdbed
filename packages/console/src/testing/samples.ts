/** A status and a history entry as they come from operations, with what the caller wants different. */
import type { HistoryEntry, Status } from '@hourglass/operations';

const time = (ms: number) => new Date(ms).toISOString();

export function statusOf(nowMs: number, given: Partial<Status> = {}): Status {
  const month = new Date(nowMs);
  return {
    deployment: 'stage',
    region: 'ap-northeast-1',
    now: time(nowMs),
    phase: 'closed',
    fence: 0,
    paidUntil: null,
    minutesLeft: null,
    paused: { since: null, tasks: [] },
    closeAsked: false,
    pending: 0,
    running: 0,
    held: 0,
    waiting: [],
    runs: [],
    deadLetters: 0,
    refused: 0,
    undelivered: 0,
    unhandled: 0,
    next: { code: 'nothing', what: 'nothing', at: null },
    creationFailures: 0,
    creationError: null,
    cost: {
      since: time(Date.UTC(month.getUTCFullYear(), month.getUTCMonth())),
      openings: 3,
      endpointHours: { anchored: 15, clock: 20 },
      usd: { anchored: 0.21, clock: 0.28 },
      alwaysOnUsd: 5.04,
      priceConfirmedOn: '2026-09-25',
    },
    learned: {
      deletion: { usual: 118, spread: 9 },
      task: { usual: 64, spread: 20 },
      followUps: 12,
      teardownLead: { now: 187, configured: 420 },
    },
    alarms: [],
    ...given,
  };
}

export function entryOf(n: number, finishedAtMs: number, given: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    requestId: `request-${String(n).padStart(6, '0')}`,
    task: `mirror:repository-${n % 5_000}`,
    result: n % 97 === 0 ? 'failed' : 'succeeded',
    acceptedAt: time(finishedAtMs - 180_000),
    finishedAt: time(finishedAtMs),
    reason: n % 97 === 0 ? 'the source refused the credentials (401)' : null,
    carrier: 'fargate',
    door: 'hook',
    delivery: `delivery-${n}`,
    joins: null,
    startBy: time(finishedAtMs + 420_000),
    startedAt: time(finishedAtMs - 60_000),
    attempts: 1,
    fence: 1,
    taskArn: null,
    logStream: null,
    durationSeconds: 60,
    carried: { via: 'relay', bytes: 1_200_000, refs: 12, created: 1, updated: 1, forced: 0, deleted: 0, rejected: 0 },
    ...given,
  };
}
