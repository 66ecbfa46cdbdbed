/**
 * The deployment's own metrics, where the configuration wants them (`metrics`): Powertools writes them into the log in the embedded metric format, and
 * CloudWatch reads them there, so no call is made. They say what a write of the lease has decided, once it is written; so each thing counts once, whoever
 * tries again.
 */
import { Metrics, MetricUnit, type MetricUnit as Unit } from '@aws-lambda-powertools/metrics';
import {
  type BillingClock,
  type Fact,
  HOUR_MS,
  type LeaseStore,
  MINUTE_MS,
  paidHours,
  SECOND_MS,
} from '@hourglass/lease';
import * as z from 'zod';

export const MetricsSetting = z.object({
  namespace: z.string().min(1),
  /** Interface endpoints of an open hour, each Zone by itself. */
  endpoints: z.int().nonnegative(),
});
export type MetricsSetting = z.output<typeof MetricsSetting>;

/** One value; `door` is a dimension of its own. */
export interface Measurement {
  readonly name: string;
  readonly unit: (typeof Unit)[keyof typeof Unit];
  readonly value: number;
  readonly door?: string;
}

/** The store, reporting each write that has come through. */
export function measureStore(store: LeaseStore, clock: BillingClock | 'unknown', setting: MetricsSetting): LeaseStore {
  // Of the deployment as a whole: whichever service has written it, it is one metric.
  const metrics = new Metrics({ namespace: setting.namespace, serviceName: 'hourglass' });
  return {
    ...store,
    async commit(before, after, facts, nowMs) {
      await store.commit(before, after, facts, nowMs);
      const measured = facts.flatMap((fact) => measure(fact, nowMs, clock, setting));
      for (const { name, unit, value, door } of measured) {
        if (door === undefined) metrics.addMetric(name, unit, value);
        // One by itself, written at once: its dimension is of no other.
        else metrics.singleMetric().addDimension('door', door).addMetric(name, unit, value);
      }
      if (measured.some(({ door }) => door === undefined)) metrics.publishStoredMetrics();
    },
  };
}

export function measure(
  fact: Fact,
  nowMs: number,
  clock: BillingClock | 'unknown',
  { endpoints }: Pick<MetricsSetting, 'endpoints'>,
): Measurement[] {
  const count = (name: string, value = 1) => ({ name, unit: MetricUnit.Count, value });
  const seconds = (name: string, ms: number) => ({
    name,
    unit: MetricUnit.Seconds,
    value: Math.max(0, ms / SECOND_MS),
  });
  switch (fact.type) {
    case 'requestRemembered':
      return [{ ...count('Deliveries'), door: fact.request.origin?.door ?? 'unknown' }];
    case 'taskStarted':
      return [seconds('RequestToStart', nowMs - fact.request.acceptedAtMs)];
    case 'taskSucceeded':
      return [
        count('TasksSucceeded'),
        seconds('RequestToMirrored', nowMs - fact.request.acceptedAtMs),
        count('TaskMinutes', fact.durationMs / MINUTE_MS),
      ];
    case 'taskFailed':
      return [count(fact.next === 'dead' ? 'TasksFailed' : 'AttemptsFailed')];
    case 'leaseClosed': {
      const { openedAtMs, closedAtMs, failed } = fact;
      if (openedAtMs === null) return failed ? [count('OpeningsFailed')] : [];
      // Where nobody knows how the bill counts, the usual reading is reported.
      const hours = paidHours(clock === 'unknown' ? 'anchored' : clock, openedAtMs, closedAtMs);
      return [
        ...(failed ? [count('OpeningsFailed')] : []),
        count('PaidHours', hours),
        count('PaidEndpointHours', hours * endpoints),
        count('OpenMinutes', Math.min(hours * HOUR_MS, closedAtMs - openedAtMs) / MINUTE_MS),
      ];
    }
    default:
      return [];
  }
}
