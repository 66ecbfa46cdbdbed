/** What many simulations come to. */
import { count } from '@hourglass/cost';
import type { FaultKind } from '../faults/kinds.ts';
import type { Violation } from '../observer/violation.ts';
import type { Outcome } from '../run-seed.ts';

export interface FoundViolation extends Violation {
  seed: number;
  /** Runs it again, as small as it could be made. */
  replay: string;
  log: string[];
}

export interface Totals {
  seeds: number;
  virtualDays: number;
  /** Requests that the lease took. */
  requests: number;
  tasks: number;
  /** Requests that the direct carrier has left to a task. */
  handedOver: number;
  faults: Partial<Record<FaultKind, number>>;
  violations: FoundViolation[];
  /** How often all invariants were checked. */
  steps: number;
}

export function noTotals(): Totals {
  return { seeds: 0, virtualDays: 0, requests: 0, tasks: 0, handedOver: 0, faults: {}, violations: [], steps: 0 };
}

export function addOutcome(totals: Totals, { scenario, requests, tasks, handedOver, steps, faults }: Outcome): void {
  totals.seeds += 1;
  totals.virtualDays += scenario.days;
  totals.requests += requests;
  totals.tasks += tasks;
  totals.handedOver += handedOver;
  totals.steps += steps;
  for (const [kind, times] of Object.entries(faults) as [FaultKind, number][]) {
    totals.faults[kind] = (totals.faults[kind] ?? 0) + times;
  }
}

/** For people. */
export function describeTotals({ faults, violations, ...counts }: Totals): string {
  const { seeds, virtualDays, requests, tasks, handedOver, steps } = counts;
  const left = handedOver > 0 ? ` (${count(handedOver, 'request')} handed over to one)` : '';
  const happened = Object.values(faults).reduce((sum, times) => sum + times, 0);
  const kinds = Object.entries(faults).map(([kind, times]) => `  ${kind.padEnd(26)} ${times}`);
  return [
    `${count(seeds, 'seed')}, ${count(virtualDays, 'virtual day')}, ${count(requests, 'request')}, ${count(tasks, 'task')}${left}, ${count(happened, 'fault')}:`,
    ...kinds,
    `${count(steps, 'step')} checked, ${violations.length === 0 ? 'no violation' : count(violations.length, 'violation')}.`,
  ].join('\n');
}
