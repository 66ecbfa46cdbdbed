/** The clusters, task definitions and tasks there are. A stopped task is listed for an hour, then forgotten. */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Task, TaskDefinition } from './task.ts';

/** "Stopped tasks only appear in the returned results for at least one hour" (DescribeTasks); exactly one here. */
const KEEP_STOPPED_MS = 60 * 60 * 1000;

export interface Cluster {
  readonly name: string;
  readonly arn: string;
}

export class EcsRegistry {
  readonly #core: CloudCore;
  readonly clusters = new Map<string, Cluster>();
  /** By family, oldest revision first. */
  readonly definitions = new Map<string, TaskDefinition[]>();
  readonly #tasks = new Map<string, Task>();

  constructor(core: CloudCore) {
    this.#core = core;
  }

  /** By name or ARN; `default` if none is given. */
  findCluster(nameOrArn: unknown): Cluster | undefined {
    return this.clusters.get(clusterName(nameOrArn));
  }

  /** @throws AwsError ClusterNotFoundException */
  cluster(nameOrArn: unknown): Cluster {
    const cluster = this.findCluster(nameOrArn);
    if (cluster === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
    return cluster;
  }

  /** By ARN, `family:revision`, or `family` for the latest. */
  findDefinition(given: unknown): TaskDefinition | undefined {
    const [family = '', revision] = String(given)
      .replace(/^arn:.*:task-definition\//, '')
      .split(':');
    const revisions = this.definitions.get(family) ?? [];
    return revision === undefined ? revisions.at(-1) : revisions.find((one) => String(one.revision) === revision);
  }

  add(task: Task): void {
    this.#tasks.set(task.arn, task);
  }

  /** By ARN or id. */
  findTask(cluster: Cluster, idOrArn: string): Task | undefined {
    const arn = idOrArn.startsWith('arn:') ? idOrArn : this.#core.arn('ecs', `task/${cluster.name}/${idOrArn}`);
    const task = this.#tasks.get(arn);
    return task !== undefined && task.clusterArn === cluster.arn && this.#isKnown(task) ? task : undefined;
  }

  tasksOf(cluster: Cluster): Task[] {
    return [...this.#tasks.values()].filter((task) => task.clusterArn === cluster.arn && this.#isKnown(task));
  }

  all(): Task[] {
    return [...this.#tasks.values()];
  }

  #isKnown(task: Task): boolean {
    return task.stoppedAtMs === undefined || this.#core.clock.nowMs() < task.stoppedAtMs + KEEP_STOPPED_MS;
  }
}

export function clusterName(nameOrArn: unknown): string {
  return nameOrArn === undefined ? 'default' : String(nameOrArn).replace(/^arn:.*:cluster\//, '');
}
