/** Fargate tasks as ECS runs and describes them. */
import {
  DescribeTasksCommand,
  type ECSClient,
  paginateListTasks,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { TaskOutcome } from '@hourglass/lease';
import type { WorkResult } from '@hourglass/lease-dynamodb';
import { describeRefusal, isRefusal, ownTags, requestTagOf } from '@hourglass/shared';
import type { RunnerConfig } from './config.ts';

/** A task, from an event or from DescribeTasks: both name these fields alike. */
export interface SeenTask {
  taskArn?: string | undefined;
  lastStatus?: string | undefined;
  stopCode?: string | undefined;
  stoppedReason?: string | undefined;
  /** When its containers had ended. */
  executionStoppedAt?: Date | undefined;
  /** In no promised order, and with others among them that are in no task definition, such as GuardDuty's agent. */
  containers?: SeenContainer[] | undefined;
  /** Nothing that ECS knows: the direct carrier's functions, which write all there is to say in their result. */
  isDirect?: boolean;
}

interface SeenContainer {
  name?: string | undefined;
  lastStatus?: string | undefined;
  exitCode?: number | undefined;
  reason?: string | undefined;
}

export interface Tasks {
  /**
   * Of the creating call (RunTask's) for the task that is begun with this attempt, to be frozen with the claim.
   * @param refusals how often Fargate had no capacity for it in this opening
   * @param requestIds the requests that it runs for
   */
  parametersFor(token: string, fence: number, refusals: number, requestIds: readonly string[]): unknown;
  /** @returns `refused` if for certain no task was started; nothing is known if it throws. */
  run(parameters: unknown): Promise<{ taskArn: string } | { refused: string }>;
  /** @returns by task ARN what ECS knows; `missing` for a task it has forgotten, about an hour after its end. */
  describe(taskArns: string[]): Promise<Map<string, SeenTask | 'missing'>>;
  stop(taskArn: string, reason: string): Promise<void>;
  /** The task that was started under this token, running or stopped within the last hour. */
  find(token: string): Promise<string | undefined>;
  /**
   * No call for this token was answered, and the claim is to be given up: from now on nothing may be done for it.
   * @returns what is known of it after all, like `find`
   */
  letGo(token: string): Promise<string | undefined>;
}

/** A task may say more than an item, an event or a log line should carry. */
const MAX_MESSAGE = 2_000;
/** The container's name in the task definition. */
const CONTAINER = 'task';
/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html */
const MAX_DESCRIBED = 100;

export function createTasks(client: ECSClient, config: RunnerConfig): Tasks {
  const cluster = config.CLUSTER_ARN;
  return {
    parametersFor: (token, fence, refusals, requestIds): RunTaskCommandInput => ({
      cluster,
      taskDefinition: config.TASK_DEFINITION_ARN,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      clientToken: token,
      startedBy: token,
      count: 1,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: subnetsFor(config.TASK_SUBNETS, refusals),
          securityGroups: [config.TASK_SECURITY_GROUP],
          assignPublicIp: 'DISABLED',
        },
      },
      // 8,192 characters is all that overrides may hold, so the task is given an id and reads its work itself.
      overrides: { containerOverrides: [{ name: CONTAINER, environment: [{ name: 'WORK_ID', value: token }] }] },
      tags: Object.entries({ ...ownTags(config, fence), ...requestTagOf(requestIds) }).map(([key, value]) => ({
        key,
        value,
      })),
      // What the control plane's own stack was given at deployment, and nobody has said here.
      propagateTags: 'TASK_DEFINITION',
    }),
    async run(parameters) {
      try {
        const { tasks, failures } = await client.send(new RunTaskCommand(parameters as RunTaskCommandInput));
        const taskArn = tasks?.[0]?.taskArn;
        if (taskArn !== undefined) return { taskArn };
        const reasons = failures?.flatMap(({ reason = '', detail }) => [reason, detail ?? '']).filter(Boolean) ?? [];
        return { refused: [...new Set(reasons)].join('; ') || 'no task was started' };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { refused: describeRefusal(error) };
      }
    },
    async describe(taskArns) {
      const seen = new Map<string, SeenTask | 'missing'>();
      for (let start = 0; start < taskArns.length; start += MAX_DESCRIBED) {
        const tasks = taskArns.slice(start, start + MAX_DESCRIBED);
        const answer = await client.send(new DescribeTasksCommand({ cluster, tasks }));
        for (const task of answer.tasks ?? []) if (task.taskArn) seen.set(task.taskArn, task);
        for (const { arn, reason } of answer.failures ?? []) if (arn && reason === 'MISSING') seen.set(arn, 'missing');
      }
      return seen;
    },
    async find(startedBy) {
      // By this filter only, and among those only that are to run. A token has one task; a page may be empty, and not the last.
      for await (const { taskArns: [running] = [] } of paginateListTasks({ client }, { cluster, startedBy })) {
        if (running !== undefined) return running;
      }
      for await (const { taskArns = [] } of paginateListTasks({ client }, { cluster, desiredStatus: 'STOPPED' })) {
        if (taskArns.length === 0) continue;
        const { tasks = [] } = await client.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
        const stopped = tasks.find((task) => task.startedBy === startedBy);
        if (stopped?.taskArn !== undefined) return stopped.taskArn;
      }
      return undefined;
    },
    // ECS has said that there is none.
    letGo: async () => undefined,
    async stop(taskArn, reason) {
      await client.send(new StopTaskCommand({ cluster, task: taskArn, reason }));
    },
  };
}

/**
 * What says that Fargate has no room, or that the account may run no more just now; in the words of ECS, and of EC2, of which it asks a network
 * interface. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
 */
const NO_CAPACITY = new RegExp(
  [
    'capacity is unavailable',
    'insufficient ?capacity',
    '(insufficient ?|enough )free ?addresses',
    'provisioning to complete',
    'network interface provisioning',
    'limit on the number of',
    'network ?interface ?limit ?exceeded',
    'request ?limit ?exceeded',
    'throttl',
    'rate exceeded',
  ].join('|'),
  'i',
);
/** `RESOURCE:FARGATE`. In small letters it stands in every denial: `not authorized to perform: … on resource: …`. */
const NO_RESOURCE = /\bRESOURCE:/;

/** What came of an attempt for which there was no task. */
export function notStarted(message: string): TaskOutcome {
  const why = shorten(message);
  return NO_CAPACITY.test(why) || NO_RESOURCE.test(why)
    ? { status: 'noCapacity', message: why }
    : { status: 'failed', started: false, message: why };
}

/**
 * Of several subnets ECS takes one by itself. Once that Zone has had no room, each further try names one alone, in turn, so that every Zone is
 * asked; every now and then ECS chooses again.
 */
function subnetsFor(subnets: string[], refusals: number): string[] {
  const turn = refusals % (subnets.length + 1);
  const alone = subnets[turn - 1];
  return alone === undefined ? subnets : [alone];
}

/** Of some tasks ECS says no more than this. */
const SAYS_NOTHING = /^(task failed to start\.?)?$/i;

/** Why it could not start: as ECS says of the task, or else of a container, its own before others. */
function whyNotStarted(task: SeenTask): string {
  const { stoppedReason = '', containers = [] } = task;
  if (!SAYS_NOTHING.test(stoppedReason.trim())) return stoppedReason;
  return [ownContainer(task), ...containers].find((container) => container?.reason)?.reason ?? stoppedReason;
}

/** Whether no container of it runs any more. What ECS tidies up after that (DEPROVISIONING) may take days, now and then. */
export function hasEnded(task: SeenTask): boolean {
  const ended = task.lastStatus === 'STOPPED' || task.lastStatus === 'DEPROVISIONING';
  return ended || ownContainer(task)?.lastStatus === 'STOPPED';
}

function ownContainer({ containers = [] }: SeenTask): SeenContainer | undefined {
  return containers.find(({ name }) => name === CONTAINER);
}

/**
 * What came of each attempt of a task that has ended, in the order in which it did them. It does one after the other, so the first of
 * which it said nothing was the one at which it ended, and those after it were not begun; thus each end of a task counts for somebody.
 */
export function outcomesOf(task: SeenTask | 'missing', results: (WorkResult | undefined)[]): TaskOutcome[] {
  const neverRan = task !== 'missing' && task.stopCode === 'TaskFailedToStart';
  // Our entrypoint ends with 0 only if it has done all of it: where a failure is written, that 0 says nothing.
  const isDone = exitCodeOf(task) === 0 && results.every((result) => result?.status !== 'failed');
  const wroteNone = results.every((result) => result === undefined);
  const last = results.indexOf(undefined);
  return results.map((result, index) => {
    if (result !== undefined || index === last || neverRan || (isDone && wroteNone)) {
      return outcomeOf(task, result, isDone);
    }
    return { status: 'notBegun', message: 'The task that it shared with others ended before its turn came.' };
  });
}

function exitCodeOf(task: SeenTask | 'missing'): number | undefined {
  return task === 'missing' ? undefined : ownContainer(task)?.exitCode;
}

/**
 * What came of one attempt. What the task has written of it holds, whatever its exit code; that speaks for what it could not write.
 * @param isDone whether the exit code says that all is done
 */
function outcomeOf(task: SeenTask | 'missing', result: WorkResult | undefined, isDone: boolean): TaskOutcome {
  // It says so only after the work is done; what became of the task after that is no longer the repository's matter.
  if (result?.status === 'succeeded') {
    const { durationMs, tips, report, carried } = result;
    return {
      status: 'succeeded',
      ...(durationMs !== undefined && { durationMs }),
      ...(tips && { tips }),
      ...(report && { report }),
      ...(carried && { carried }),
    };
  }
  const details = { ...(result?.permanent && { permanent: true }), ...(result?.report && { report: result.report }) };
  if (task === 'missing') {
    return {
      status: 'failed',
      started: true,
      ...details,
      message: shorten(result?.message ?? 'ECS no longer knows the task.'),
    };
  }
  if (task.isDirect && result !== undefined) return endOfDirect(result);
  const { stopCode, stoppedReason = '' } = task;
  const { exitCode, reason } = ownContainer(task) ?? {};
  if (isDone && result === undefined) return { status: 'succeeded' };
  if (stopCode === 'TaskFailedToStart' && result === undefined) return notStarted(whyNotStarted(task));
  // Somebody else pushed at the same moment: that says nothing of this mirror, so a few times it is no attempt.
  if (result?.stale) return { status: 'failed', started: false, message: shorten(result.message) };
  const why = shorten(result?.message ?? (reason || stoppedReason));
  const ended = exitCode === undefined ? 'The task was stopped' : `The task ended with exit code ${exitCode}`;
  return { status: 'failed', started: true, ...details, message: why ? `${ended}: ${why}` : `${ended}.` };
}

function endOfDirect({ message, permanent, stale, handsOver, carried, report }: WorkResult): TaskOutcome {
  return {
    status: 'failed',
    message: shorten(message),
    // Where the destination had moved nothing was tried, so it is no attempt; some times.
    started: stale !== true,
    ...(stale === true && { atOnce: true }),
    ...(permanent === true && { permanent }),
    ...(handsOver === true && { handsOver }),
    ...(carried && { carried }),
    ...(report && { report }),
  };
}

/** Cut between characters: half of a surrogate pair is refused by DynamoDB, and the end of the task could never be written. */
function shorten(message: string): string {
  return message.slice(0, MAX_MESSAGE).toWellFormed();
}
