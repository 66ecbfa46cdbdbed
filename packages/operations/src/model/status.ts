/** How a deployment is now, as the command and the console show it. Times are ISO 8601 in UTC; durations and money say their unit. */
import * as z from 'zod';
import { Carrier } from './history.ts';
import { Learned } from './learning.ts';

const time = z.iso.datetime();

/** What happens next by itself, and when. `at` null: at the next event that nobody can date, such as a task's end. */
export const NextStep = z.object({
  /** The same as a word, for programs. */
  code: z.enum([
    'nothing',
    'paused',
    'open',
    'retry-creation',
    'give-up',
    'create',
    'stack-answers',
    'start-task',
    'task-ends',
    'tear-down',
    'gone',
  ]),
  what: z.string(),
  at: time.nullable(),
});
export type NextStep = z.output<typeof NextStep>;

/** A task that waits. `held`: its task is paused. */
export const WaitingTask = z.object({
  task: z.string(),
  requestId: z.string(),
  carrier: Carrier,
  acceptedAt: time,
  /** It starts by then at the latest, if nothing fails. */
  startBy: time,
  /** Of a retry: not before this. */
  notBefore: time.nullable(),
  attempts: z.int(),
  lastError: z.string().nullable(),
  held: z.boolean(),
});
export type WaitingTask = z.output<typeof WaitingTask>;

export const RunningTask = z.object({
  task: z.string(),
  requestId: z.string(),
  carrier: Carrier,
  acceptedAt: time,
  claimedAt: time,
  /** It is stopped from outside then. */
  stopBy: time,
  taskArn: z.string().nullable(),
  attempts: z.int(),
  /** Another request came while it ran, so it runs once more. */
  again: z.boolean(),
});
export type RunningTask = z.output<typeof RunningTask>;

/** What the endpoints have cost since the month began, in UTC. USD null: the table of prices does not know the Region. */
export const MonthCost = z.object({
  since: time,
  openings: z.int(),
  /** As the bill counts them, each endpoint and Zone by itself: from the birth of its stack, and by clock hours touched. */
  endpointHours: z.object({ anchored: z.number(), clock: z.number() }),
  usd: z.object({ anchored: z.number(), clock: z.number() }).nullable(),
  /** The same endpoints, had they stood since the month began. */
  alwaysOnUsd: z.number().nullable(),
  /** The day on which somebody read the price; null: it is remembered, or not known. */
  priceConfirmedOn: z.string().nullable(),
});
export type MonthCost = z.output<typeof MonthCost>;

export const Status = z.object({
  deployment: z.string(),
  region: z.string(),
  /** The deployment's own clock. */
  now: time,
  phase: z.enum(['closed', 'opening', 'open', 'closing']),
  /** Counts the openings. */
  fence: z.int(),
  /** End of the hour that is paid; null unless endpoints are there. */
  paidUntil: time.nullable(),
  minutesLeft: z.int().nullable(),
  /** Since when nothing is started; null: it is not paused. `tasks`: those that are paused one by one. */
  paused: z.object({ since: time.nullable(), tasks: z.array(z.string()) }),
  /** The operator has asked for the endpoints to go at the next idle moment. */
  closeAsked: z.boolean(),
  /** Exact counts, of both carriers; `waiting` and `runs` list the first of them, the most urgent first. */
  pending: z.int(),
  running: z.int(),
  held: z.int(),
  waiting: z.array(WaitingTask),
  runs: z.array(RunningTask),
  /** Messages in the queue of failed requests, as SQS counts them. */
  deadLetters: z.int(),
  /** Requests that were refused at the door, and rest with the reason. */
  refused: z.int(),
  /** Events and timers that reached no service, and those that a service failed at. */
  undelivered: z.int(),
  unhandled: z.int(),
  next: NextStep,
  /** Creations of the endpoints that failed in a row, and AWS's own words for the last. */
  creationFailures: z.int(),
  creationError: z.string().nullable(),
  cost: MonthCost,
  learned: Learned,
  /** Names of the CloudWatch alarms that ring, without the deployment's prefix; null: these credentials may not ask. */
  alarms: z.array(z.object({ name: z.string(), since: time.nullable(), reason: z.string() })).nullable(),
});
export type Status = z.output<typeof Status>;
