/** What happens in the world as lines that a person can follow: virtual time, who, what. */
import type { Trace } from '@hourglass/cloud';

export interface Line {
  who: string;
  what: string;
}

/** @returns the line for this trace, or undefined for what a reader need not see. */
export function describeTrace(trace: Trace): Line | undefined {
  switch (trace.kind) {
    case 'event':
      return describeEvent(trace.source, trace.detailType, trace.detail as Record<string, unknown>);
    case 'stack':
      if (!/COMPLETE|FAILED|IN_PROGRESS/.test(trace.status)) return undefined;
      return { who: 'cloudformation', what: `stack ${trace.status}${trace.reason ? `: ${trace.reason}` : ''}` };
    case 'task': {
      if (trace.status !== 'RUNNING' && trace.status !== 'STOPPED') return undefined;
      const exit =
        trace.exitCode === undefined ? (trace.reason ?? trace.stopCode ?? '') : `exit code ${trace.exitCode}`;
      return { who: 'fargate', what: trace.status === 'RUNNING' ? 'task is running' : `task has stopped, ${exit}` };
    }
    case 'schedule-created':
      return { who: 'scheduler', what: `timer set for ${clockTime(trace.dueMs)}` };
    case 'schedule-fired':
      return { who: 'scheduler', what: `timer wakes the ${trace.target.split('-').at(-1)}` };
    case 'message-dead-lettered':
      return { who: 'sqs', what: `a message rests in ${trace.queue}` };
    case 'invocation-end':
      if (trace.outcome === 'ok') return undefined;
      return { who: trace.functionName, what: `${trace.outcome}: ${trace.error?.errorMessage ?? ''}` };
    case 'api':
      if (trace.outcome !== 'AccessDeniedException' && trace.outcome !== 'AccessDenied') return undefined;
      return { who: 'iam', what: trace.message ?? `${trace.operation} was denied` };
    default:
      return undefined;
  }
}

function describeEvent(source: string, detailType: string, detail: Record<string, unknown>): Line | undefined {
  const { taskKey, repository, name, fence, paidUntil, reason, as, message, next } = detail;
  switch (detailType) {
    case 'MirrorRequested':
    case 'TaskRequested':
      return {
        who: source === 'hourglass.client' ? 'on-premises' : source,
        what: `${detailType} ${repository ?? name}`,
      };
    case 'RequestAccepted':
      return { who: 'intake', what: `RequestAccepted ${taskKey} (${as})` };
    case 'RequestRejected':
      return { who: 'intake', what: `RequestRejected: ${reason}` };
    case 'EndpointsNeeded':
      return { who: 'lease', what: `EndpointsNeeded (fence ${fence})` };
    case 'EndpointsReady':
      return {
        who: 'provisioner',
        what: `EndpointsReady (fence ${fence}), paid until ${clockTime(Date.parse(String(paidUntil)))}`,
      };
    case 'EndpointsFailed':
      return { who: 'provisioner', what: `EndpointsFailed (fence ${fence}): ${reason}` };
    case 'EndpointsReleased':
      return { who: 'lease', what: `EndpointsReleased (fence ${fence})` };
    case 'TaskStarted':
      return { who: 'runner', what: `TaskStarted ${taskKey}` };
    case 'TaskSucceeded':
      return { who: 'runner', what: `TaskSucceeded ${taskKey}` };
    case 'TaskFailed':
      return { who: 'runner', what: `TaskFailed ${taskKey} (next: ${next}): ${message}` };
    default:
      return undefined;
  }
}

/** `HH:MM:SS` in UTC. */
export function clockTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
