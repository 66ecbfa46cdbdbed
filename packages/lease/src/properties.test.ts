/** Whatever comes, in whatever order: what must hold of every state that `decide` can reach. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command } from './commands.ts';
import { failed, noCapacity, notStarted, request, Scenario, STACK } from './scenario.fixture.ts';
import { MINUTE_MS } from './settings.ts';

const names = ['a', 'b', 'c'];
const name = fc.constantFrom(...names);
const step = fc.record({
  minutes: fc.constantFrom(0, 0, 1, 3, 10, 50),
  kind: fc.constantFrom(
    'ask',
    'asked',
    'created',
    'failed',
    'deleted',
    'claim',
    'started',
    'finish',
    'reported',
    'fire',
    'gaveUp',
  ),
  name,
  delayMs: fc.constantFrom(0, 0, 30 * MINUTE_MS, 600 * MINUTE_MS),
  stale: fc.constantFrom(false, false, false, true),
  outcome: fc.constantFrom({ status: 'succeeded' as const }, failed, notStarted, noCapacity),
  seen: fc.constantFrom('absent', 'creating', 'complete', 'failed', 'deleting', 'deleteFailed', 'deleted', 'unseen'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function commandOf(s: Scenario, { kind, name, delayMs, stale, outcome, seen }: Step, n: number): Command {
  const { lease } = s;
  const fence = lease.fence - (stale ? 1 : 0);
  const taskKey = `mirror:${name}`;
  const token = stale ? 'stale' : (s.item(name)?.claim?.token ?? 'none');
  const stack = { fence, stackId: stale ? 'another' : STACK, createdAtMs: s.nowMs - MINUTE_MS };
  switch (kind) {
    case 'ask':
      return { type: 'requestAccepted', request: request(name, stale ? 'r0' : `r${n}`, s.nowMs, delayMs) };
    case 'asked':
      return { type: 'creationAsked', fence };
    case 'created':
      return { type: 'stackCreated', ...stack };
    case 'failed':
      return { type: 'stackFailed', ...stack };
    case 'deleted':
      return { type: 'stackDeleted', ...stack, deletedAtMs: s.nowMs };
    case 'claim':
      return { type: 'taskClaimed', taskKey, token: `t${n}`, parameters: null, work: {} as never };
    case 'started':
      return { type: 'taskStarted', taskKey, token, taskArn: `arn${n}` };
    case 'finish':
      return { type: 'taskFinished', taskKey, token, outcome };
    case 'reported':
      return { type: 'deadLettersSent', taskKeys: [taskKey] };
    case 'gaveUp':
      return { type: 'gaveUp', taskKeys: [taskKey], message: 'no endpoints' };
    default: {
      const timerId = stale ? 'another' : (lease.timer?.id ?? 'none');
      if (seen === 'unseen') return { type: 'timerFired', timerId };
      if (seen === 'absent') return { type: 'timerFired', timerId, stack: { status: 'absent' } };
      return { type: 'timerFired', timerId, stack: { ...stack, status: seen as 'complete', deletedAtMs: null } };
    }
  }
}

describe('every reachable state', () => {
  it('has exact counts, claims of running items only, a timer unless closed and idle, and runs tasks only under the fence that is open', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const s = new Scenario({ maxCreateFailures: 3 });
        let [fence, version] = [0, 0];
        for (const [n, next] of steps.entries()) {
          s.nowMs += next.minutes * MINUTE_MS;
          const hadRunning = s.lease.running > 0;
          s.do(commandOf(s, next, n));
          const { lease, state } = s;
          const items = [...state.items.values()];
          for (const kind of ['pending', 'running', 'dead'] as const) {
            expect(lease[kind]).toBe(items.filter((item) => item.state === kind).length);
          }
          for (const item of items) expect(item.claim !== null).toBe(item.state === 'running');
          expect(lease.fence).toBeGreaterThanOrEqual(fence);
          expect(lease.version).toBeGreaterThanOrEqual(version);
          [fence, version] = [lease.fence, lease.version];
          const idle = lease.phase === 'closed' && lease.pending + lease.running + lease.dead === 0;
          expect(lease.timer === null).toBe(idle);
          if (lease.running > 0) {
            expect(['open', 'closing']).toContain(lease.phase);
            for (const item of items) if (item.claim) expect(item.claim.fence).toBe(lease.fence);
          }
          if (lease.phase === 'open' || lease.phase === 'closing') expect(lease.stackId).not.toBeNull();
          // Endpoints are let go of under a running task only when somebody else has deleted them.
          if (hadRunning && lease.phase === 'closing' && next.kind === 'fire')
            expect(s.facts.at(-1)).not.toMatchObject({ reason: 'hourEnded' });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
