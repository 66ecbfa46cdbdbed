/** The environment that every service of the lease shares, and what is made of it. */
import { defaultSettings, type LeaseSettings, type LeaseStore, SECOND_MS } from '@hourglass/lease';
import * as z from 'zod';
import { announceLeft, type ServiceEffects } from './announce.ts';
import { eventBridge, scheduler } from './clients.ts';
import { count, json, text } from './env.ts';
import { MetricsSetting, measureStore } from './metrics.ts';
import { createPublisher } from './publish.ts';
import { createScheduledTimers } from './timers.ts';

export const leaseEnv = {
  LEASE_ID: text,
  TABLE_NAME: text,
  BUS_NAME: text,
  SCHEDULE_GROUP: text,
  SCHEDULER_ROLE_ARN: text,
  /** The name of the service that a timer wakes is appended. */
  TIMER_FUNCTION_ARN_PREFIX: text,
  UNDELIVERED_QUEUE_ARN: text,
  BILLING_CLOCK: z.enum(['anchored', 'clock', 'unknown'], 'must be anchored, clock or unknown'),
  TEARDOWN_LEAD_SECONDS: count(),
  CREATE_SECONDS: count(),
  MAX_PARALLEL_TASKS: count(),
  MAX_REPOSITORIES_PER_TASK: count(),
  TASK_TIME_LIMIT_SECONDS: count(),
  MAX_ATTEMPTS: count(),
  RETRY_WITHIN_SECONDS: count(0),
  MAX_CREATE_FAILURES: count(),
  /** Null: no metrics of our own. */
  METRICS: json(MetricsSetting.nullable()),
};

const leaseEnvSchema = z.object(leaseEnv);
export type LeaseEnv = z.output<typeof leaseEnvSchema>;

export function settingsFrom(env: LeaseEnv): LeaseSettings {
  return {
    ...defaultSettings,
    billingClock: env.BILLING_CLOCK,
    teardownLeadMs: env.TEARDOWN_LEAD_SECONDS * SECOND_MS,
    createMs: env.CREATE_SECONDS * SECOND_MS,
    maxParallelTasks: env.MAX_PARALLEL_TASKS,
    maxRepositoriesPerTask: env.MAX_REPOSITORIES_PER_TASK,
    taskTimeLimitMs: env.TASK_TIME_LIMIT_SECONDS * SECOND_MS,
    maxAttempts: env.MAX_ATTEMPTS,
    retryWithinMs: env.RETRY_WITHIN_SECONDS * SECOND_MS,
    maxCreateFailures: env.MAX_CREATE_FAILURES,
  };
}

/** How long an attempt of the direct carrier is looked at last, if the event of its end was lost. */
const LOOK_AT_DIRECT_MS = 5 * 60 * SECOND_MS;

/** Of the direct carrier's lease, which has no endpoints: each attempt is one of its own, and ends within this time or is ended. */
export function directSettings(settings: LeaseSettings, attemptSeconds: number): LeaseSettings {
  return {
    ...settings,
    hasEndpoints: false,
    maxRepositoriesPerTask: 1,
    taskTimeLimitMs: attemptSeconds * SECOND_MS,
    stopGraceMs: 0,
    checkTaskMs: LOOK_AT_DIRECT_MS,
  };
}

/** What is the same of every invocation; who is warned is not. */
export function createServiceEffects(
  service: ServiceEffects['service'],
  env: LeaseEnv,
  store: LeaseStore,
): Omit<ServiceEffects, 'warn'> {
  const effects: Omit<ServiceEffects, 'warn'> = {
    service,
    leaseId: env.LEASE_ID,
    store: env.METRICS ? measureStore(store, env.BILLING_CLOCK, env.METRICS) : store,
    settings: settingsFrom(env),
    timers: createScheduledTimers(scheduler(), {
      groupName: env.SCHEDULE_GROUP,
      roleArn: env.SCHEDULER_ROLE_ARN,
      functionArnPrefix: env.TIMER_FUNCTION_ARN_PREFIX,
      deadLetterArn: env.UNDELIVERED_QUEUE_ARN,
    }),
    publish: createPublisher(eventBridge(), env.BUS_NAME),
    nowMs: () => Date.now(),
    announceLeft: (leaseId) => announceLeft(leaseId, effects),
    pauseBeforeRetry: (attempt) =>
      new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(20 * 2 ** attempt, 500))),
  };
  return effects;
}
