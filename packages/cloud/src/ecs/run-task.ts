/** RunTask: checks the request, keeps client tokens for a day, and makes the tasks. */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Fates } from './fates.ts';
import type { Cluster, EcsRegistry } from './registry.ts';
import type { ContainerOverride, Tag, Task, TaskDefinition } from './task.ts';

export interface RunTaskInput {
  readonly cluster?: string;
  readonly taskDefinition?: string;
  readonly count?: number;
  readonly clientToken?: string;
  readonly startedBy?: string;
  readonly group?: string;
  readonly launchType?: string;
  readonly platformVersion?: string;
  readonly tags?: readonly Tag[];
  readonly propagateTags?: string;
  readonly overrides?: {
    readonly containerOverrides?: readonly ContainerOverride[];
    readonly taskRoleArn?: string;
    readonly executionRoleArn?: string;
  };
  readonly networkConfiguration?: {
    readonly awsvpcConfiguration?: {
      readonly subnets?: readonly string[];
      readonly securityGroups?: readonly string[];
    };
  };
}

/** RunTask, API Reference: "overrides … is limited to 8192 characters"; startedBy and clientToken as documented there. */
const MAX_OVERRIDES = 8_192;
const MAX_STARTED_BY = 128;
const MAX_TOKEN = 64;
const MAX_COUNT = 10;
const TOKEN_LIFE_MS = 24 * 60 * 60 * 1000;

interface KnownToken {
  readonly request: string;
  readonly tasks: readonly Task[];
  readonly untilMs: number;
}

export class RunRequests {
  readonly #core: CloudCore;
  readonly #registry: EcsRegistry;
  readonly #fates: Fates;
  readonly #tokens = new Map<string, KnownToken>();

  constructor(core: CloudCore, registry: EcsRegistry, fates: Fates) {
    this.#core = core;
    this.#registry = registry;
    this.#fates = fates;
  }

  /**
   * The tasks of an earlier request with the same token, or new ones, not yet begun; a request that is already answered cannot lack capacity.
   * @param refuse why there can be no new ones, if so
   * @throws AwsError ConflictException if the token was used with other parameters.
   */
  accept(
    input: RunTaskInput,
    refuse: () => string | undefined,
  ): { tasks: readonly Task[]; isNew: boolean } | { refused: string } {
    checkRequest(input);
    const cluster = this.#registry.cluster(input.cluster);
    const definition = this.#registry.findDefinition(input.taskDefinition);
    if (definition === undefined) throw new AwsError('ClientException', 'TaskDefinition not found.');
    const request = canonical(input);
    const key = input.clientToken === undefined ? undefined : `${cluster.name} ${input.clientToken}`;
    const known = key === undefined ? undefined : this.#tokens.get(key);
    if (known !== undefined && this.#core.clock.nowMs() < known.untilMs) {
      if (known.request === request) return { tasks: known.tasks, isNew: false };
      throw new AwsError(
        'ConflictException',
        'The clientToken was used before in a RunTask request with different parameters.',
        { members: { resourceIds: known.tasks.map((task) => task.arn) } },
      );
    }
    const refused = refuse();
    if (refused !== undefined) return { refused };
    const tasks = Array.from({ length: input.count ?? 1 }, () => this.#make(input, cluster, definition));
    if (key !== undefined) {
      this.#tokens.set(key, { request, tasks, untilMs: this.#core.clock.nowMs() + TOKEN_LIFE_MS });
    }
    return { tasks, isNew: true };
  }

  #make(input: RunTaskInput, cluster: Cluster, definition: TaskDefinition): Task {
    const id = this.#core.newHex(32);
    const network = input.networkConfiguration?.awsvpcConfiguration;
    const task: Task = {
      id,
      arn: this.#core.arn('ecs', `task/${cluster.name}/${id}`),
      clusterArn: cluster.arn,
      clusterName: cluster.name,
      definition,
      startedBy: input.startedBy,
      group: input.group ?? `family:${definition.family}`,
      launchType: input.launchType ?? 'FARGATE',
      platformVersion: input.platformVersion ?? '1.4.0',
      containerOverrides: input.overrides?.containerOverrides ?? [],
      taskRoleArn: input.overrides?.taskRoleArn ?? definition.taskRoleArn,
      executionRoleArn: input.overrides?.executionRoleArn ?? definition.executionRoleArn,
      subnets: network?.subnets ?? [],
      securityGroups: network?.securityGroups ?? [],
      // The request's own win: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
      tags: new Map([
        ...(input.propagateTags === 'TASK_DEFINITION' ? definition.tags : []),
        ...(input.tags ?? []).map(({ key, value }) => [key, value] as const),
      ]),
      sidecars: this.#fates.sidecars?.() ?? [],
      createdAtMs: this.#core.clock.nowMs(),
      version: 1,
      lastStatus: 'PROVISIONING',
      desiredStatus: 'RUNNING',
      startedAtMs: undefined,
      stoppingAtMs: undefined,
      endedAtMs: undefined,
      stoppedAtMs: undefined,
      stopCode: undefined,
      stoppedReason: undefined,
      exitCode: undefined,
      end: undefined,
    };
    this.#registry.add(task);
    return task;
  }
}

function checkRequest(input: RunTaskInput): void {
  if (JSON.stringify(input.overrides ?? {}).length > MAX_OVERRIDES) {
    throw invalid('Container Overrides length must be at most 8192');
  }
  if (input.startedBy !== undefined && !matches(input.startedBy, /^[A-Za-z0-9_/-]+$/, MAX_STARTED_BY)) {
    throw invalid('startedBy must be at most 128 letters, numbers, hyphens, slashes and underscores.');
  }
  if (input.clientToken !== undefined && !matches(input.clientToken, /^[\x21-\x7e]+$/, MAX_TOKEN)) {
    throw invalid('clientToken must be at most 64 characters in the range of 33-126.');
  }
  const count = input.count ?? 1;
  if (count < 1 || count > MAX_COUNT) throw invalid(`count must be between 1 and ${MAX_COUNT}.`);
  if ((input.networkConfiguration?.awsvpcConfiguration?.subnets ?? []).length === 0) {
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
}

function matches(text: string, pattern: RegExp, limit: number): boolean {
  return text.length <= limit && pattern.test(text);
}

/** The request with its keys in order, so that only its meaning is compared. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}
