/** What one does without Hourglass: endpoints always there, there for each task, or deleted by a poll every half hour. */
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import type { Outcome, Workload } from './workload.ts';

const DAY_MS = 24 * HOUR_MS;
const POLL_MS = 30 * MINUTE_MS;
/** Young enough to serve a few pushes, old enough to be gone at the second poll: what such a Lambda is usually written with. */
const POLL_LIMIT_MS = 45 * MINUTE_MS;

/** The UTC days that the trace touches, whole; what a month costs is reckoned from them. */
export function observedDays({ arrivalsMs }: Pick<Workload, 'arrivalsMs'>): { fromMs: number; toMs: number } {
  const [first = 0, last = first] = [arrivalsMs[0], arrivalsMs.at(-1)];
  return { fromMs: Math.floor(first / DAY_MS) * DAY_MS, toMs: (Math.floor(last / DAY_MS) + 1) * DAY_MS };
}

export function alwaysOn(workload: Workload): Outcome {
  const { fromMs, toMs } = observedDays(workload);
  const spans = [{ openedAtMs: fromMs, closedAtMs: toMs }];
  return { spans, startsMs: [...workload.arrivalsMs], deletedUnderTask: 0 };
}

/** Created on request, deleted as soon as nothing runs; what comes in between uses it too. */
export function perTask(workload: Workload): Outcome {
  return openOnRequest(workload, (lease) => {
    let idleAtMs = lease.readyAtMs;
    for (let next = lease.first; ; next += 1) {
      const arrivalMs = workload.arrivalsMs[next];
      // Whoever comes at the very moment of the deletion has come too late.
      if (arrivalMs === undefined || (next > lease.first && arrivalMs >= idleAtMs)) return idleAtMs;
      idleAtMs = Math.max(idleAtMs, Math.max(arrivalMs, lease.readyAtMs) + (workload.durationsMs[next] ?? 0));
    }
  });
}

/** Created on request; at :00 and :30 whatever has been up for `POLL_LIMIT_MS` is deleted, whether or not a task runs. */
export function pollEveryHalfHour(workload: Workload): Outcome {
  return openOnRequest(workload, ({ readyAtMs }) => Math.ceil((readyAtMs + POLL_LIMIT_MS) / POLL_MS) * POLL_MS);
}

interface Opened {
  first: number;
  readyAtMs: number;
}

/** Endpoints created when a request finds none, and deleted when `deletedAtMs` says. */
function openOnRequest(workload: Workload, deletedAtMs: (lease: Opened) => number): Outcome {
  const { arrivalsMs, durationsMs, createMs, deleteMs } = workload;
  const outcome: Outcome = { spans: [], startsMs: [], deletedUnderTask: 0 };
  let goneMs = Number.NEGATIVE_INFINITY;
  for (let next = 0; next < arrivalsMs.length; ) {
    const openedAtMs = Math.max(arrivalsMs[next] ?? 0, goneMs);
    const readyAtMs = openedAtMs + createMs;
    const endsMs = deletedAtMs({ first: next, readyAtMs });
    goneMs = endsMs + deleteMs;
    outcome.spans.push({ openedAtMs, closedAtMs: goneMs });
    do {
      const startMs = Math.max(arrivalsMs[next] ?? 0, readyAtMs);
      outcome.startsMs.push(startMs);
      if (startMs + (durationsMs[next] ?? 0) > endsMs) outcome.deletedUnderTask += 1;
      next += 1;
    } while ((arrivalsMs[next] ?? Number.POSITIVE_INFINITY) < endsMs);
  }
  return outcome;
}
