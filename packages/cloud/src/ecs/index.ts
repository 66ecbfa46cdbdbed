/**
 * ECS on Fargate: clusters and task definitions of the template, and tasks that are real local processes of the container's entrypoint
 * (or, for simulations, virtual ones).
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Operation } from '../service.ts';
import { listDemands } from './demands.ts';
import type { Fates } from './fates.ts';
import { Lifecycle } from './lifecycle.ts';
import type { LifecycleOptions, TaskTimings } from './lifecycle-options.ts';
import { EcsRegistry } from './registry.ts';
import { createEcsTypes } from './resources.ts';
import { RunRequests, type RunTaskInput } from './run-task.ts';
import { describeDefinition, describeTask, type Tag, type Task } from './task.ts';

export type { Fates } from './fates.ts';
export type { TaskTimings, VirtualRun, VirtualTask } from './lifecycle-options.ts';
export type { Task } from './task.ts';

export interface EcsOptions {
  readonly taskCommand?: readonly string[];
  readonly taskEnvironment?: Readonly<Record<string, string>>;
  readonly taskRunner?: LifecycleOptions['taskRunner'];
  readonly timings?: Partial<TaskTimings>;
  /** Whether a task starts only with the endpoints it needs. Default true. */
  readonly needsEndpoints?: boolean;
}

export interface EcsPart extends CloudPart {
  /** May be changed while the world runs. */
  readonly timings: TaskTimings;
  /** May be changed while the world runs. */
  readonly fates: Fates;
  /** The next `times` RunTask calls answer with a failure instead of a task. */
  failNextRun(reason?: string, times?: number): void;
  /** The next task stops with TaskFailedToStart. */
  failNextStart(reason: string): void;
  /** All tasks there ever were, oldest first. */
  tasks(): readonly Task[];
}

const DEFAULT_TIMINGS: TaskTimings = { startMs: 20_000, failedStartMs: 60_000, stopMs: 2_000 };
const NO_CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';
const MAX_DESCRIBED = 100;

export function createEcsPart(core: CloudCore, options: EcsOptions = {}): EcsPart {
  const registry = new EcsRegistry(core);
  const fates: Fates = {};
  const requests = new RunRequests(core, registry, fates);
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const startFailures: string[] = [];
  const runFailures: string[] = [];
  const lifecycle = new Lifecycle(core, {
    taskCommand: options.taskCommand,
    taskEnvironment: options.taskEnvironment ?? {},
    taskRunner: options.taskRunner,
    timings,
    fates,
    decideStart() {
      const failure = startFailures.shift();
      if (failure !== undefined) return { failure };
      return options.needsEndpoints === false ? 'start' : 'check';
    },
  });

  const describe = (task: Task) => describeTask(task, fates.arrange);
  const operations: Readonly<Record<string, Operation>> = {
    RunTask(input: RunTaskInput) {
      const accepted = requests.accept(
        input,
        () => runFailures.shift() ?? fates.refuseRun?.(input.networkConfiguration?.awsvpcConfiguration?.subnets ?? []),
      );
      if ('refused' in accepted) return { tasks: [], failures: [{ reason: accepted.refused }] };
      const { tasks, isNew } = accepted;
      if (isNew) for (const task of tasks) lifecycle.begin(task);
      return { tasks: tasks.map(describe), failures: [] };
    },

    DescribeTasks(input: { cluster?: string; tasks?: readonly string[] }) {
      const cluster = registry.cluster(input.cluster);
      const wanted = input.tasks ?? [];
      if (wanted.length === 0) throw new AwsError('InvalidParameterException', 'Tasks cannot be empty.');
      if (wanted.length > MAX_DESCRIBED) {
        throw new AwsError('InvalidParameterException', `Tasks list cannot be longer than ${MAX_DESCRIBED}.`);
      }
      const found = wanted.map((one) => ({ one, task: registry.findTask(cluster, one) }));
      return {
        tasks: found.flatMap(({ task }) => (task === undefined ? [] : [describe(task)])),
        failures: found.flatMap(({ one, task }) => (task === undefined ? [missing(core, cluster.name, one)] : [])),
      };
    },

    ListTasks(input: { cluster?: string; startedBy?: string; family?: string; desiredStatus?: string }) {
      const cluster = registry.cluster(input.cluster);
      // ListTasks, API Reference, "startedBy": "it must be the only filter that you use".
      if (input.startedBy !== undefined && (input.family ?? input.desiredStatus) !== undefined) {
        throw new AwsError('InvalidParameterException', 'startedBy must be the only filter.');
      }
      const found = registry
        .tasksOf(cluster)
        .filter((task) => task.desiredStatus === (input.desiredStatus ?? 'RUNNING'))
        .filter((task) => input.startedBy === undefined || task.startedBy === input.startedBy)
        .filter((task) => input.family === undefined || task.definition.family === input.family);
      return { taskArns: found.map((task) => task.arn) };
    },

    StopTask(input: { cluster?: string; task?: string; reason?: string }) {
      const cluster = registry.cluster(input.cluster);
      const task = registry.findTask(cluster, String(input.task));
      if (task === undefined) throw new AwsError('InvalidParameterException', 'The referenced task was not found.');
      lifecycle.stop(task, input.reason ?? 'Task stopped by user');
      return { task: describe(task) };
    },

    TagResource(input: { resourceArn?: string; tags?: readonly Tag[] }) {
      const task = registry.all().find(({ arn }) => arn === input.resourceArn);
      if (task === undefined) {
        throw new AwsError('ResourceNotFoundException', 'The specified resource could not be found.');
      }
      for (const { key, value } of input.tags ?? []) task.tags.set(key, value);
      return {};
    },

    ListClusters: () => ({ clusterArns: [...registry.clusters.values()].map(({ arn }) => arn) }),

    ListTaskDefinitions(input: { familyPrefix?: string }) {
      const families = [...registry.definitions].filter(([family]) => family === (input.familyPrefix ?? family));
      return { taskDefinitionArns: families.flatMap(([, revisions]) => revisions.map(({ arn }) => arn)) };
    },

    DescribeTaskDefinition(input: { taskDefinition?: string }) {
      const definition = registry.findDefinition(input.taskDefinition);
      if (definition === undefined) throw new AwsError('ClientException', 'Unable to describe task definition.');
      return { taskDefinition: describeDefinition(definition), tags: [] };
    },

    DescribeClusters(input: { clusters?: readonly string[] }) {
      const found = (input.clusters ?? ['default']).map((one) => ({ one, cluster: registry.findCluster(one) }));
      return {
        clusters: found.flatMap(({ cluster }) =>
          cluster === undefined ? [] : [{ clusterArn: cluster.arn, clusterName: cluster.name, status: 'ACTIVE' }],
        ),
        failures: found.flatMap(({ one, cluster }) => (cluster === undefined ? [{ arn: one, reason: 'MISSING' }] : [])),
      };
    },
  };

  return {
    services: [
      {
        id: 'ecs',
        protocol: 'awsJson1.1',
        targetPrefix: 'AmazonEC2ContainerServiceV20141113',
        operations,
        authorize: (operation, input) => listDemands(core, registry, operation, input),
      },
    ],
    resourceTypes: createEcsTypes(core, registry),
    timings,
    fates,
    failNextRun(reason = NO_CAPACITY, times = 1) {
      for (let count = 0; count < times; count++) runFailures.push(reason);
    },
    failNextStart(reason) {
      startFailures.push(reason);
    },
    tasks: () => registry.all(),
    close: () => lifecycle.close(),
  };
}

function missing(core: CloudCore, cluster: string, idOrArn: string): { arn: string; reason: string } {
  const arn = idOrArn.startsWith('arn:') ? idOrArn : core.arn('ecs', `task/${cluster}/${idOrArn}`);
  return { arn, reason: 'MISSING' };
}
