/**
 * What a deployment says of itself in Parameter Store, for whoever operates it: written by infra at each deployment, read by `hourglass status` and
 * the like. It holds no secret. Standard parameters are free, and 4,096 characters long at most, so repositories have parameters of their own.
 *
 *   /hourglass/<deployment>/deployment/description      {@link DeploymentDescription}
 *   /hourglass/<deployment>/deployment/repositories/<n> {@link DescribedRepositories}, as many as they need
 */
import * as z from 'zod';

/** Of what is written. One that adds a field stays at its version. */
export const DESCRIPTION_VERSION = 1;

/** The services; each is one Lambda function with one role. */
export const serviceNames = [
  'webhook',
  'intake',
  'provisioner',
  'runner',
  'teardown',
  'replay',
  'notifier',
  'fetcher',
  'pusher',
] as const;

/** One of the services. */
export type ServiceName = (typeof serviceNames)[number];

/** Where the parameters of a deployment are, recursively. */
export function descriptionPath(deployment: string): string {
  return `/hourglass/${deployment}/deployment`;
}

export const DeploymentDescription = z.object({
  version: z.int(),
  /** Of the package that it was deployed by. */
  release: z.string(),
  deployment: z.string(),
  bus: z.string(),
  table: z.string(),
  cluster: z.string(),
  /** The direct carrier's lease, where any mirror may be carried so. */
  directLease: z.string().nullish(),
  queueUrls: z.object({
    intake: z.string(),
    intakeDead: z.string(),
    replay: z.string(),
    failedMirrors: z.string(),
    undelivered: z.string(),
    unhandled: z.string(),
  }),
  /** The tasks' log group, the stream prefix and the container in it, and what stands before a function's name in its log group. */
  taskLogs: z.string(),
  taskLogStreamPrefix: z.string(),
  functionLogsPrefix: z.string(),
  alarmPrefix: z.string(),
  endpointsStack: z.string(),
  /** Interface endpoints of an open hour: short names of their services, and how many Zones each stands in. */
  endpointServices: z.array(z.string()),
  endpointZones: z.int(),
  /** As the services have them; durations in seconds. */
  settings: z.object({
    billing: z.enum(['anchored', 'clock', 'unknown']),
    teardownLeadSeconds: z.int(),
    createSeconds: z.int(),
    maxParallelTasks: z.int(),
    maxRepositoriesPerTask: z.int(),
    taskTimeLimitSeconds: z.int(),
    maxAttempts: z.int(),
    retryWithinSeconds: z.int(),
    maxCreateFailures: z.int(),
  }),
  maxDelaySeconds: z.int(),
  destinationPrefix: z.string(),
  /** Names of commands that may be asked for. */
  commands: z.array(z.string()),
  /** Null: the configuration names none, and every repository of an allowed host may be asked for. */
  repositories: z.int().nullable(),
});
export type DeploymentDescription = z.output<typeof DeploymentDescription>;

/** By the repository's name. Without a source, a request must bring it. */
export const DescribedRepositories = z.record(
  z.string(),
  z.object({
    source: z.string().optional(),
    /** Its name in CodeCommit, if another. */
    destination: z.string().optional(),
    maxDelaySeconds: z.int().optional(),
    /** Patterns of the refs that are mirrored; `^` leaves out. */
    refs: z.array(z.string()).optional(),
  }),
);
export type DescribedRepositories = z.output<typeof DescribedRepositories>;
