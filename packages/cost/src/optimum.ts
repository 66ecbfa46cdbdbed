/**
 * The fewest paid hours that any schedule of leases can do with, all requests being known beforehand. Exact, by dynamic programming
 * over leases. Why so few choices are enough (the README says it at length):
 *
 * 1. Two leases without a pause between them are never cheaper than one, so a request need never wait for a deletion under way.
 * 2. A lease may last until the end of its last paid hour: nothing is in its way before the next one.
 * 3. A lease may be moved later, by an hour under the UTC clock, until the first task it serves must start.
 *
 * So each lease opens as late as the earliest unserved request allows, and only its number of hours is to be chosen.
 */
import { type BillingClock, HOUR_MS } from '@hourglass/lease';
import { createEventQueue } from './event-queue.ts';
import { type Outcome, startByMs, type Workload } from './workload.ts';

/** What is still to be served: some stragglers, and everything from `from` on. */
interface Unserved {
  stragglers: readonly number[];
  from: number;
}

interface State extends Unserved {
  hours: number;
  /** The lease that led here; `null` at the beginning. */
  before: { state: State; openedAtMs: number; hours: number } | null;
}

export function findOptimum(workload: Workload, billing: BillingClock): Outcome {
  const states = new Map<string, State>();
  // In the order of the next opening, each state is final when its turn comes: every lease leads to a later opening.
  const queue = createEventQueue<State>();
  const reach = (next: State): void => {
    const key = `${next.from}/${next.stragglers.join()}`;
    const known = states.get(key);
    if (known && known.hours <= next.hours) return;
    if (known) {
      known.hours = next.hours;
      known.before = next.before;
      return;
    }
    states.set(key, next);
    queue.add(opensAtMs(workload, billing, next), next);
  };
  reach({ stragglers: [], from: 0, hours: 0, before: null });
  let last: State | undefined;
  for (let state = queue.take(); state; state = queue.take()) {
    last = state;
    for (const { unserved, openedAtMs, hours } of leasesFrom(workload, billing, state)) {
      reach({ ...unserved, hours: state.hours + hours, before: { state, openedAtMs, hours } });
    }
  }
  return outcomeOf(workload, last);
}

/** When the next lease opens, for all that is unserved; `Infinity` if nothing is. */
function opensAtMs(workload: Workload, billing: BillingClock, { stragglers, from }: Unserved): number {
  const first = stragglers[0] ?? from;
  if (first >= workload.arrivalsMs.length) return Number.POSITIVE_INFINITY;
  const latestMs = startByMs(workload, first) - workload.createMs;
  return billing === 'anchored' ? latestMs : Math.floor(latestMs / HOUR_MS) * HOUR_MS;
}

/** Every length of the next lease that may be part of an optimum, with what it leaves unserved. */
function* leasesFrom(
  workload: Workload,
  billing: BillingClock,
  state: Unserved,
): Generator<{ unserved: Unserved; openedAtMs: number; hours: number }> {
  const { arrivalsMs, durationsMs, createMs, deleteMs } = workload;
  const openedAtMs = opensAtMs(workload, billing, state);
  if (openedAtMs === Number.POSITIVE_INFINITY) return;
  const readyAtMs = openedAtMs + createMs;
  let { stragglers, from } = state;
  for (let hours = 1; ; hours += 1) {
    const closedAtMs = openedAtMs + hours * HOUR_MS;
    const endsMs = closedAtMs - deleteMs;
    const endMs = (index: number) => Math.max(arrivalsMs[index] ?? 0, readyAtMs) + (durationsMs[index] ?? 0);
    const left = endsMs < readyAtMs ? [...stragglers] : stragglers.filter((index) => endMs(index) > endsMs);
    for (; (arrivalsMs[from] ?? Number.POSITIVE_INFINITY) <= endsMs; from += 1) {
      if (endsMs < readyAtMs || endMs(from) > endsMs) left.push(from);
    }
    stragglers = left;
    const unserved = normalize({ stragglers, from });
    const nextMs = opensAtMs(workload, billing, unserved);
    if (nextMs <= closedAtMs) continue;
    yield { unserved, openedAtMs, hours };
    if (nextMs === Number.POSITIVE_INFINITY) return;
    // Going on can pay only for a task that has come already and is too long for one hour of a lease of its own.
    const usefulMs = HOUR_MS - createMs - deleteMs;
    const reopenedMs = nextMs + createMs;
    const isLong = (index: number) => (durationsMs[index] ?? 0) > usefulMs;
    let longWaits = stragglers.some((index) => (arrivalsMs[index] ?? 0) < reopenedMs && isLong(index));
    for (let index = from; !longWaits && (arrivalsMs[index] ?? reopenedMs) < reopenedMs; index += 1) {
      longWaits = isLong(index);
    }
    if (!longWaits) return;
  }
}

/** The same set is always written the same way. */
function normalize({ stragglers, from }: Unserved): Unserved {
  let count = stragglers.length;
  let start = from;
  while (count > 0 && stragglers[count - 1] === start - 1) {
    count -= 1;
    start -= 1;
  }
  return { stragglers: stragglers.slice(0, count), from: start };
}

function outcomeOf(workload: Workload, last: State | undefined): Outcome {
  const { arrivalsMs, durationsMs, createMs, deleteMs } = workload;
  const spans: Outcome['spans'] = [];
  for (let before = last?.before; before; before = before.state.before) {
    spans.push({ openedAtMs: before.openedAtMs, closedAtMs: before.openedAtMs + before.hours * HOUR_MS });
  }
  spans.reverse();
  let first = 0;
  const startsMs = arrivalsMs.map((arrivalMs, index) => {
    while ((spans[first]?.closedAtMs ?? Number.POSITIVE_INFINITY) <= arrivalMs) first += 1;
    for (let n = first; n < spans.length; n += 1) {
      const span = spans[n];
      const startMs = Math.max(arrivalMs, (span?.openedAtMs ?? 0) + createMs);
      if (span && startMs + (durationsMs[index] ?? 0) <= span.closedAtMs - deleteMs) return startMs;
    }
    return arrivalMs;
  });
  return { spans, startsMs, deletedUnderTask: 0 };
}
