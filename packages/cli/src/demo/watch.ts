/** Counts over everything that happens in a world. */
import type { Trace } from '@hourglass/cloud';

export interface Watched {
  requests: number;
  tasks: number;
  mirrored: number;
  failed: number;
  /** Stacks of endpoints that are gone again. */
  leasesEnded: number;
  endpointsCreated: number;
  longestHandlerMs: number;
  /** Milliseconds of virtual time from a request's acceptance to the word that it is mirrored, one of each. */
  waitsMs: number[];
}

export function createWatch(): { watched: Watched; watch(trace: Trace): void } {
  const watched: Watched = {
    requests: 0,
    tasks: 0,
    mirrored: 0,
    failed: 0,
    leasesEnded: 0,
    endpointsCreated: 0,
    longestHandlerMs: 0,
    waitsMs: [],
  };
  const acceptedMs = new Map<unknown, number>();
  const watch = (trace: Trace): void => {
    if (trace.kind === 'event' && trace.detailType === 'MirrorRequested') watched.requests += 1;
    if (trace.kind === 'event' && trace.detailType === 'RequestAccepted') acceptedMs.set(taskOf(trace), trace.atMs);
    if (trace.kind === 'event' && trace.detailType === 'TaskSucceeded') {
      watched.mirrored += 1;
      watched.waitsMs.push(Math.round(trace.atMs - (acceptedMs.get(taskOf(trace)) ?? trace.atMs)));
    }
    if (trace.kind === 'event' && trace.detailType === 'TaskFailed') watched.failed += 1;
    if (trace.kind === 'task' && trace.status === 'RUNNING') watched.tasks += 1;
    if (trace.kind === 'stack' && trace.status === 'DELETE_COMPLETE') watched.leasesEnded += 1;
    if (trace.kind === 'endpoint' && trace.state === 'created' && 'hourglass:fence' in trace.tags) {
      watched.endpointsCreated += trace.zones;
    }
    if (trace.kind === 'invocation-end') watched.longestHandlerMs = Math.max(watched.longestHandlerMs, trace.wallMs);
  };
  return { watched, watch };
}

const taskOf = ({ detail }: Extract<Trace, { kind: 'event' }>): unknown => (detail as { taskKey?: unknown }).taskKey;
