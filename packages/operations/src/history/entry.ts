/** What the table keeps of a request, as it is shown. */
import type { Try } from '@hourglass/lease';
import type { Acceptation, Ending, HistoryItem } from '@hourglass/lease-dynamodb';
import type { Deployment } from '../deployment/open-deployment.ts';
import { type AttemptRecord, Carried, type Carrier, type HistoryEntry } from '../model/index.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

const RESULTS = { succeeded: 'succeeded', superseded: 'superseded', dead: 'failed', handedOver: 'handedOver' } as const;

export function entryOf(deployment: Deployment, item: HistoryItem, carrier: Carrier): HistoryEntry {
  return item.kind === 'joined' ? entryOfJoined(item.joined, carrier) : entryOfEnding(deployment, item.ending, carrier);
}

function entryOfEnding(deployment: Deployment, ending: Ending, carrier: Carrier): HistoryEntry {
  const { request, status, message, fence, tries = [], finishedAtMs } = ending;
  const last = tries.at(-1);
  const started = tries.find(({ startedAtMs }) => startedAtMs !== null);
  const taskArn = taskArnOf(last?.taskArn);
  return {
    requestId: request.requestId,
    task: taskOf(request.task),
    result: RESULTS[status],
    acceptedAt: isoTime(request.acceptedAtMs),
    finishedAt: isoTime(finishedAtMs),
    reason: message === '' ? null : message,
    carrier,
    door: request.origin?.door ?? null,
    delivery: request.origin?.delivery ?? null,
    joins: null,
    startBy: isoTime(request.startByMs),
    startedAt: isoTimeOrNull(started?.startedAtMs),
    attempts: ending.attempts ?? tries.length,
    fence: carrier === 'direct' ? null : fence,
    taskArn,
    logStream: logStreamOf(deployment, taskArn),
    durationSeconds:
      last === undefined ? null : secondsBetween(last.startedAtMs ?? last.claimedAtMs, last.finishedAtMs),
    carried: carriedOf(ending.report),
  };
}

function entryOfJoined(
  { requestId, taskKey, acceptedAtMs, startByMs, joins, origin }: Acceptation,
  carrier: Carrier,
): HistoryEntry {
  return {
    requestId,
    task: taskKey,
    result: 'joined',
    acceptedAt: isoTime(acceptedAtMs),
    finishedAt: isoTime(acceptedAtMs),
    reason: null,
    carrier,
    door: origin?.door ?? null,
    delivery: origin?.delivery ?? null,
    joins,
    startBy: isoTimeOrNull(startByMs),
    startedAt: null,
    attempts: 0,
    fence: null,
    taskArn: null,
    logStream: null,
    durationSeconds: null,
    carried: null,
  };
}

export function attemptOf({ token, claimedAtMs, startedAtMs, finishedAtMs, taskArn, message }: Try): AttemptRecord {
  return {
    token,
    claimedAt: isoTime(claimedAtMs),
    startedAt: isoTimeOrNull(startedAtMs),
    finishedAt: isoTime(finishedAtMs),
    taskArn: taskArnOf(taskArn),
    error: message,
  };
}

export function taskOf(task: Ending['request']['task']): string {
  return task.kind === 'mirror' ? `mirror:${task.repository}` : `command:${task.name}`;
}

/** What ECS knows it by; the direct carrier's attempts have a name of their own there, which is nobody's ARN. */
export function taskArnOf(taskArn: string | null | undefined): string | null {
  return taskArn === undefined || taskArn?.startsWith('direct:') ? null : taskArn;
}

/** As the awslogs driver names it: prefix, container, and the task's id. */
export function logStreamOf({ description }: Deployment, taskArn: string | null): string | null {
  return taskArn === null ? null : `${description.taskLogStreamPrefix}${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`;
}

/** Of a task of another release, what is understood. */
export function carriedOf(report: Ending['report']): Carried | null {
  if (report === undefined) return null;
  return Carried.safeParse(report).data ?? null;
}

function secondsBetween(fromMs: number, toMs: number): number {
  return Math.max(0, Math.round((toMs - fromMs) / 100) / 10);
}
