/** A task and its definition as ECS keeps them, and as DescribeTasks and the task's events show it. */

export type LastStatus = 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEPROVISIONING' | 'STOPPED';
export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated';

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly logGroup: string | undefined;
  readonly logStreamPrefix: string | undefined;
  /** Whether its secrets come from Secrets Manager or Parameter Store. */
  readonly secretSources: readonly ('secretsmanager' | 'ssm')[];
  /** Between SIGTERM and SIGKILL. */
  readonly stopTimeoutMs: number;
}

export interface TaskDefinition {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly cpu: string | undefined;
  readonly memory: string | undefined;
  /** As the template gives it; Fargate takes X86_64 where it gives none. */
  readonly cpuArchitecture?: string | undefined;
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  /** The one container that it defines; what AWS adds to a task is not in its definition ({@link Sidecar}). */
  readonly container: ContainerDefinition;
}

export interface ContainerOverride {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
}

/** A container that AWS adds to a task, and that no task definition has: GuardDuty's agent, for one. It ends with the task. */
export interface Sidecar {
  readonly name: string;
  readonly exitCode: number | undefined;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Task {
  readonly arn: string;
  readonly id: string;
  readonly clusterArn: string;
  readonly clusterName: string;
  readonly definition: TaskDefinition;
  readonly startedBy: string | undefined;
  readonly group: string;
  readonly launchType: string;
  readonly platformVersion: string;
  readonly containerOverrides: readonly ContainerOverride[];
  readonly taskRoleArn: string | undefined;
  readonly executionRoleArn: string | undefined;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly tags: Map<string, string>;
  /** Beside its own container. */
  readonly sidecars: readonly Sidecar[];
  readonly createdAtMs: number;
  /** Counts changes; a repeated event has the same version. */
  version: number;
  lastStatus: LastStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  startedAtMs: number | undefined;
  stoppingAtMs: number | undefined;
  /** When its container ended. */
  endedAtMs: number | undefined;
  stoppedAtMs: number | undefined;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  exitCode: number | undefined;
  /** Of its own container, where ECS gives one. */
  containerReason?: string | undefined;
  /** Ends what runs in it; undefined while nothing does. */
  end: (() => void) | undefined;
}

/** What the container sees: the definition's variables, then the overrides'. */
export function environmentOf(task: Task): Record<string, string> {
  const { container } = task.definition;
  const given = task.containerOverrides
    .filter(({ name }) => name === container.name)
    .flatMap((override) => override.environment ?? [])
    .map(({ name, value }) => [name, value] as const);
  return { ...container.environment, ...Object.fromEntries(given) };
}

export function commandOf(task: Task): readonly string[] {
  const { container } = task.definition;
  const override = task.containerOverrides.find(({ name }) => name === container.name);
  return override?.command ?? container.command;
}

/** Where its container's output goes. */
export function logTargetOf(task: Task): { logGroup: string; stream: string } {
  const { container, family } = task.definition;
  const prefix = container.logStreamPrefix ?? 'ecs';
  return { logGroup: container.logGroup ?? `/ecs/${family}`, stream: `${prefix}/${container.name}/${task.id}` };
}

/** In which order a task's containers are listed: AWS promises none. */
export type Arrange = <T>(containers: readonly T[]) => T[];

/** The task as DescribeTasks shows it; an event's detail is the same with times as text. */
export function describeTask(task: Task, arrange: Arrange = (containers) => [...containers]): Record<string, unknown> {
  const at = (timeMs: number | undefined) => (timeMs === undefined ? undefined : new Date(timeMs));
  const { definition } = task;
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: definition.arn,
    group: task.group,
    startedBy: task.startedBy,
    launchType: task.launchType,
    platformVersion: task.platformVersion,
    platformFamily: 'Linux',
    cpu: definition.cpu,
    memory: definition.memory,
    connectivity: 'CONNECTED',
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    createdAt: at(task.createdAtMs),
    startedAt: at(task.startedAtMs),
    stoppingAt: at(task.stoppingAtMs),
    executionStoppedAt: at(task.endedAtMs),
    stoppedAt: at(task.stoppedAtMs),
    version: task.version,
    overrides: { containerOverrides: task.containerOverrides },
    containers: arrange([
      {
        ...describeContainer(task, definition.container.name, task.exitCode),
        image: definition.container.image,
        reason: task.containerReason,
      },
      ...task.sidecars.map(({ name, exitCode }) =>
        describeContainer(task, name, task.endedAtMs === undefined ? undefined : exitCode),
      ),
    ]),
    tags: [...task.tags].map(([key, value]) => ({ key, value })),
  };
}

/** As DescribeTaskDefinition shows it. */
export function describeDefinition(definition: TaskDefinition): Record<string, unknown> {
  const { container } = definition;
  return {
    taskDefinitionArn: definition.arn,
    family: definition.family,
    revision: definition.revision,
    status: 'ACTIVE',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: definition.cpu,
    memory: definition.memory,
    taskRoleArn: definition.taskRoleArn,
    executionRoleArn: definition.executionRoleArn,
    runtimePlatform: { cpuArchitecture: definition.cpuArchitecture ?? 'X86_64', operatingSystemFamily: 'LINUX' },
    containerDefinitions: [
      {
        name: container.name,
        image: container.image,
        command: container.command,
        environment: Object.entries(container.environment).map(([name, value]) => ({ name, value })),
        essential: true,
        stopTimeout: container.stopTimeoutMs / 1000,
        ...(container.logGroup !== undefined && {
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': container.logGroup,
              'awslogs-stream-prefix': container.logStreamPrefix ?? 'ecs',
            },
          },
        }),
      },
    ],
  };
}

function describeContainer(task: Task, name: string, exitCode: number | undefined): Record<string, unknown> {
  return {
    containerArn: `${task.arn.replace(':task/', ':container/')}/${name}`,
    taskArn: task.arn,
    name,
    lastStatus: containerStatusOf(task.lastStatus),
    exitCode,
  };
}

/** A container knows only these three. */
function containerStatusOf(status: LastStatus): 'PENDING' | 'RUNNING' | 'STOPPED' {
  if (status === 'RUNNING') return 'RUNNING';
  return status === 'PROVISIONING' || status === 'PENDING' ? 'PENDING' : 'STOPPED';
}
