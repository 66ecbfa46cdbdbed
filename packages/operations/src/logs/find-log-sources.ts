/** Which log groups and streams have lines of a request, of a task's last run, or of a function. A request's id stands in every line of every function. */
import { serviceNames } from '@hourglass/shared/deployment-description';
import type { Deployment } from '../deployment/open-deployment.ts';
import { NotFound } from '../errors.ts';
import { readHistory } from '../history/read-history.ts';
import { readLife } from '../history/read-life.ts';
import { readStatus } from '../status/read-status.ts';
import type { LogSource } from './read-logs.ts';

export interface LogsAsked {
  /** A request's id, or `mirror:<repository>` or `command:<name>`; none for all that a function says. */
  readonly about?: string | undefined;
  /** Only this function's lines. */
  readonly service?: string | undefined;
}

export interface FoundSources {
  readonly sources: readonly LogSource[];
  /** When the first line may be, epoch milliseconds; undefined if nothing says. */
  readonly sinceMs: number | undefined;
}

/** @throws NotFound for a request that nothing is known of, and for a task that has never run */
export async function findLogSources(deployment: Deployment, { about, service }: LogsAsked): Promise<FoundSources> {
  if (about === undefined) return { sources: functionSources(deployment, service, undefined), sinceMs: undefined };
  if (/^(mirror|command):/.test(about)) return await ofTask(deployment, about, service);
  const lives = await readLife(deployment, about);
  if (lives.length === 0) {
    throw new NotFound(`nothing is known of a request ${about}: hourglass history lists ids`);
  }
  const arns = lives.flatMap(({ taskArn, attempts }) => [taskArn, ...attempts.map((attempt) => attempt.taskArn)]);
  const functions = functionSources(deployment, service, JSON.stringify(about));
  return {
    sources: service === undefined ? [...taskSource(deployment, arns), ...functions] : functions,
    sinceMs: Math.min(...lives.map(({ acceptedAt }) => Date.parse(acceptedAt))),
  };
}

/** What runs now, else what ran last. */
async function ofTask(deployment: Deployment, task: string, service: string | undefined): Promise<FoundSources> {
  const name = task.slice(task.indexOf(':') + 1);
  if (service !== undefined) {
    return { sources: functionSources(deployment, service, JSON.stringify(name)), sinceMs: undefined };
  }
  const { runs } = await readStatus(deployment);
  const now = runs.find((one) => one.task === task);
  if (now?.taskArn) {
    return { sources: taskSource(deployment, [now.taskArn]), sinceMs: Date.parse(now.claimedAt) };
  }
  if (now?.carrier === 'direct') return ofDirect(deployment, now.requestId, now.claimedAt);
  // The newest may have joined another, which has no task of its own.
  const entries = await readHistory(deployment, { task, limit: 20 });
  const last = entries.find(
    ({ taskArn, carrier, attempts }) => taskArn !== null || (carrier === 'direct' && attempts > 0),
  );
  if (last === undefined) {
    throw new NotFound(`${task} has not run yet, as far as the history goes: hourglass status shows what waits`);
  }
  if (last.taskArn === null) return ofDirect(deployment, last.requestId, last.acceptedAt);
  return { sources: taskSource(deployment, [last.taskArn]), sinceMs: Date.parse(last.startedAt ?? last.acceptedAt) };
}

/** Without a task, what its two functions have said of the request. */
function ofDirect(deployment: Deployment, requestId: string, since: string): FoundSources {
  const functions = ['fetcher', 'pusher'].flatMap((one) => functionSources(deployment, one, JSON.stringify(requestId)));
  return { sources: functions, sinceMs: Date.parse(since) };
}

function taskSource({ description }: Deployment, arns: readonly (string | null)[]): LogSource[] {
  const ids = new Set(arns.flatMap((arn) => (arn === null ? [] : arn.slice(arn.lastIndexOf('/') + 1))));
  if (ids.size === 0) return [];
  const streams = [...ids].map((id) => `${description.taskLogStreamPrefix}${id}`);
  return [{ name: 'task', group: description.taskLogs, streams }];
}

function functionSources(
  { description }: Deployment,
  service: string | undefined,
  pattern: string | undefined,
): LogSource[] {
  const names = service === undefined ? serviceNames : [service];
  return names.map((name) => ({
    name,
    group: `${description.functionLogsPrefix}${name}`,
    ...(pattern !== undefined && { pattern }),
    // Not every deployment has every function; the one that is asked for must be there.
    mayBeMissing: service === undefined,
  }));
}
