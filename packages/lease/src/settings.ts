/** The numbers that the protocol is run with. All durations are milliseconds. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;

/** How AWS may count a partial hour: from each endpoint's creation, or by UTC clock hours touched. */
export type BillingClock = 'anchored' | 'clock';

/** What the policy takes the bill to be; `unknown` does well under both clocks. */
export type BillingReading = BillingClock | 'unknown';

export interface LeaseSettings {
  /** Whether there are endpoints to create, pay and delete. Without them the lease is open while anything is active. */
  hasEndpoints: boolean;
  billingClock: BillingReading;
  /** Teardown begins this long before the paid hour's end, until deletions have been measured. */
  teardownLeadMs: number;
  /** How long a deletion takes, until deletions have been measured. */
  deleteMs: number;
  /** Whether measured deletions replace `teardownLeadMs`. */
  learnsLead: boolean;
  /** How long the endpoints' stack usually takes to create. */
  createMs: number;
  /** An unconfirmed call is looked at again after this. Longer than the longest Lambda timeout. */
  patienceMs: number;
  /** Fargate tasks that run at the same time, at most (Fargate's vCPU quota). */
  maxParallelTasks: number;
  /** Repositories that share one Fargate task, at most, when more wait than tasks may be begun. 1: each has a task of its own. */
  maxRepositoriesPerTask: number;
  /** An entrypoint ends the work on one repository, or a command, after this; a shared task begins no further one after it. */
  taskTimeLimitMs: number;
  /** Beyond the time limit: image pull, start-up and the container's own stop timeout. */
  stopGraceMs: number;
  /** ECS lists stopped tasks for about an hour; a running task is looked at within this. */
  checkTaskMs: number;
  /** Running items that are looked at together, at most: DescribeTasks takes a hundred tasks. */
  lookPage: number;
  /** How long a task is taken to run when deciding whether it still fits into the paid hour, until tasks have been measured. */
  usualTaskMs: number;
  maxAttempts: number;
  /** Starts that failed, at most, before the next one counts as an attempt. */
  maxStartFailures: number;
  /** A retry waits this long for an open lease before it may open one itself. */
  retryWithinMs: number;
  /** Pause before the first retry; doubled at each further one. */
  retryPauseMs: number;
  /** Creations that fail in a row before pending work is given up and a person gets a mail. */
  maxCreateFailures: number;
  /** Pause after a failed creation; doubled at each further one, an hour at most. */
  createBackoffMs: number;
}

export const defaultSettings: LeaseSettings = {
  hasEndpoints: true,
  billingClock: 'unknown',
  teardownLeadMs: 7 * MINUTE_MS,
  deleteMs: 2 * MINUTE_MS,
  learnsLead: true,
  createMs: 3 * MINUTE_MS,
  patienceMs: 2 * MINUTE_MS,
  maxParallelTasks: 10,
  maxRepositoriesPerTask: 20,
  taskTimeLimitMs: HOUR_MS,
  stopGraceMs: 10 * MINUTE_MS,
  checkTaskMs: 45 * MINUTE_MS,
  lookPage: 100,
  usualTaskMs: 2 * MINUTE_MS,
  maxAttempts: 3,
  maxStartFailures: 5,
  retryWithinMs: 6 * HOUR_MS,
  retryPauseMs: MINUTE_MS,
  maxCreateFailures: 5,
  createBackoffMs: MINUTE_MS,
};
