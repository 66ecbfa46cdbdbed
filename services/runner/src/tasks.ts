/** Fargate tasks as ECS runs and tells of them. */
import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import type { TaskOutcome } from '@hourglass/lease';
import type { WorkResult } from '@hourglass/lease-dynamodb';
import { FENCE_TAG, isRefusal, LEASE_TAG } from '@hourglass/shared';
import type { RunnerConfig } from './config.ts';

/** A task, from an event or from DescribeTasks: both name these fields alike. */
export interface SeenTask {
  taskArn?: string | undefined;
  lastStatus?: string | undefined;
  stopCode?: string | undefined;
  stoppedReason?: string | undefined;
  containers?: { exitCode?: number | undefined; reason?: string | undefined }[] | undefined;
}

export interface Tasks {
  /** RunTask's parameters for the task that is begun with this attempt, to be frozen with the claim. */
  parametersFor(token: string, fence: number): RunTaskCommandInput;
  /** @returns `refused` if for certain no task was started; nothing is known if it throws. */
  run(parameters: RunTaskCommandInput): Promise<{ taskArn: string } | { refused: string }>;
  /** @returns by task ARN what ECS knows; `missing` for a task it has forgotten, about an hour after its end. */
  describe(taskArns: string[]): Promise<Map<string, SeenTask | 'missing'>>;
  stop(taskArn: string, reason: string): Promise<void>;
  /** The task that was started under this token, running or stopped within the last hour. */
  find(token: string): Promise<string | undefined>;
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
    parametersFor: (token, fence) => ({
      cluster,
      taskDefinition: config.TASK_DEFINITION_ARN,
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      clientToken: token,
      startedBy: token,
      count: 1,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: config.TASK_SUBNETS,
          securityGroups: [config.TASK_SECURITY_GROUP],
          assignPublicIp: 'DISABLED',
        },
      },
      // 8,192 characters is all that overrides may hold, so the task is told an id and reads its work itself.
      overrides: { containerOverrides: [{ name: CONTAINER, environment: [{ name: 'WORK_ID', value: token }] }] },
      tags: [
        { key: LEASE_TAG, value: config.LEASE_ID },
        { key: FENCE_TAG, value: String(fence) },
      ],
    }),
    async run(parameters) {
      try {
        const { tasks, failures } = await client.send(new RunTaskCommand(parameters));
        const taskArn = tasks?.[0]?.taskArn;
        if (taskArn !== undefined) return { taskArn };
        return { refused: failures?.map(({ reason, detail }) => detail ?? reason).join('; ') || 'no task was started' };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { refused: `${error.name}: ${error.message}` };
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
      for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
        const { taskArns = [] } = await client.send(new ListTasksCommand({ cluster, startedBy, desiredStatus }));
        if (taskArns[0] !== undefined) return taskArns[0];
      }
      return undefined;
    },
    async stop(taskArn, reason) {
      await client.send(new StopTaskCommand({ cluster, task: taskArn, reason }));
    },
  };
}

/**
 * What came of each attempt of a task that has stopped, in the order in which it did them. It does one after the other, so the first of
 * which it said nothing was the one at which it ended, and those after it were not begun; thus each end of a task counts for somebody.
 */
export function outcomesOf(task: SeenTask | 'missing', results: (WorkResult | undefined)[]): TaskOutcome[] {
  const whole = outcomeOf(task, undefined);
  const forAll = whole.status === 'succeeded' || (whole.status === 'failed' && !whole.started);
  const last = results.indexOf(undefined);
  return results.map((result, index) => {
    if (!forAll && result === undefined && index !== last) {
      return { status: 'notBegun', message: 'The task that it shared with others ended before its turn came.' };
    }
    return outcomeOf(task, result);
  });
}

/** What came of one attempt; the task's own word, where it left one, says why it failed. */
function outcomeOf(task: SeenTask | 'missing', result: WorkResult | undefined): TaskOutcome {
  // It says so only after the work is done; what became of the task after that is no longer the repository's matter.
  if (result?.status === 'succeeded') {
    const { durationMs, tips } = result;
    return { status: 'succeeded', ...(durationMs !== undefined && { durationMs }), ...(tips && { tips }) };
  }
  if (task === 'missing') {
    return {
      status: 'failed',
      started: true,
      message: shorten(result?.message ?? 'ECS no longer knows the task.'),
    };
  }
  const { stopCode, stoppedReason = '', containers = [] } = task;
  const exitCode = containers[0]?.exitCode;
  if (exitCode === 0) return { status: 'succeeded' };
  if (stopCode === 'TaskFailedToStart') return { status: 'failed', started: false, message: shorten(stoppedReason) };
  const why = shorten(result?.status === 'failed' ? result.message : containers[0]?.reason || stoppedReason);
  const ended = exitCode === undefined ? 'The task was stopped' : `The task ended with exit code ${exitCode}`;
  return { status: 'failed', started: true, message: why ? `${ended}: ${why}` : `${ended}.` };
}

/** Cut between characters: half of a surrogate pair is refused by DynamoDB, and the end of the task could never be written. */
function shorten(message: string): string {
  return message.slice(0, MAX_MESSAGE).toWellFormed();
}
