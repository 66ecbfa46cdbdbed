/**
 * The names of everything a deployment owns, from its own name. Names are fixed so that a policy can name its resource
 * before the resource exists, which is what keeps the roles free of `*` and the template free of cycles.
 */

import type { ServiceName } from '@hourglass/shared/deployment-description';

export { type ServiceName, serviceNames } from '@hourglass/shared/deployment-description';

/** Services that are there only if the configuration has something for them to do. */
export type OptionalService = 'webhook' | 'notifier' | 'fetcher' | 'pusher';

/** Something for each service that is there. */
export type PerService<T> = Record<Exclude<ServiceName, OptionalService>, T> & {
  readonly [service in OptionalService]?: T;
};

/** Every function: the services, and the one that removes the endpoints stack before the control plane goes. */
export type FunctionName = ServiceName | 'clean-up';

/**
 * Longest deployment name that fits every limit. The narrowest are 64 characters for a function, a rule and a schedule
 * (Lambda CreateFunction, EventBridge PutRule, Scheduler CreateSchedule); a schedule's name also carries the lease's
 * version and time, for which 30 characters are kept.
 */
export const maxDeploymentNameLength = 24;

/** The container in the task definition that the runner overrides. */
export const taskContainerName = 'task';

/** What stands before the container's name in the names of the tasks' log streams. */
export const taskLogStreamPrefix = 'task';

/** The file beside the provisioner's bundle that holds the endpoints template. */
export const endpointsTemplateFile = 'endpoints.template.json';

/** Every name of a deployment. */
export type Names = ReturnType<typeof nameEverything>;

/** Names everything of the deployment `deployment` (at most {@link maxDeploymentNameLength} characters). */
export function nameEverything(deployment: string) {
  const base = `hourglass-${deployment}`;
  return {
    deployment,
    /** The lease of the direct carrier. */
    directLease: `${deployment}-direct`,
    stack: base,
    endpointsStack: `${base}-endpoints`,
    bus: base,
    table: base,
    cluster: base,
    scheduleGroup: base,
    mirrorScheduleGroup: `${base}-mirrors`,
    taskFamily: `${base}-task`,
    taskLogs: `/hourglass/${deployment}/tasks`,
    /** Vended logs want this prefix, or the log group's resource policy outgrows its limit. */
    accessLogs: `/aws/vendedlogs/${base}-webhook`,
    api: `${base}-webhook`,
    clientPolicy: `${base}-client`,
    operatorPolicy: `${base}-operator`,
    operatorReadPolicy: `${base}-operator-read`,
    schemas: base,
    alarmTopic: `${base}-alarms`,
    answersTopic: `${base}-answers`,
    alarms: `${base}-`,
    metrics: `Hourglass/${deployment}`,
    queues: {
      intake: `${base}-intake`,
      intakeDead: `${base}-intake-dead`,
      replay: `${base}-replay`,
      failedMirrors: `${base}-failed-mirrors`,
      undelivered: `${base}-undelivered`,
      unhandled: `${base}-unhandled`,
    },
    rules: {
      requests: `${base}-requests`,
      operations: `${base}-operations`,
      endpointsNeeded: `${base}-endpoints-needed`,
      work: `${base}-work`,
      endpointsGone: `${base}-endpoints-gone`,
      replay: `${base}-replay`,
      stackCreated: `${base}-stack-created`,
      stackDeleted: `${base}-stack-deleted`,
      taskStopped: `${base}-task-stopped`,
      outcomes: `${base}-outcomes`,
      outside: `${base}-outside`,
      attemptEnded: `${base}-attempt-ended`,
      packStored: `${base}-pack-stored`,
      fetchEnded: `${base}-fetch-ended`,
    },
    function: (service: FunctionName) => `${base}-${service}`,
    functionLogsPrefix: `/aws/lambda/${base}-`,
    functionLogs: (service: FunctionName) => `/aws/lambda/${base}-${service}`,
    /** Prefix of every function's name; the lease appends the name of the timer's owner. */
    functionPrefix: `${base}-`,
  } as const;
}
