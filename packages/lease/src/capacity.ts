/**
 * Want of capacity: within a paid hour Fargate is asked again and again, at pauses that double up to some minutes, since asking costs nothing. The
 * hour is not extended for it: the item may wait for a later opening, and each opening that had no capacity either puts the next one further off.
 */
import type { Draft } from './draft.ts';
import { HOUR_MS, MINUTE_MS } from './settings.ts';
import type { TaskItem, WantOfCapacity } from './task.ts';

const LONGEST_PAUSE_MS = 8 * MINUTE_MS;
/** After the first opening, counted from the last refusal. Not less: by clock hours a lease opens up to an hour early. */
const FIRST_WAIT_MS = 2 * HOUR_MS;
const LONGEST_WAIT_MS = 8 * HOUR_MS;
/** From the first refusal on, until a person gets a mail; and from then on until the next one. */
const REPORT_AFTER_MS = 2 * HOUR_MS;
const REPORT_EVERY_MS = 24 * HOUR_MS;
const none: Omit<WantOfCapacity, 'sinceMs'> = { fence: 0, refusals: 0, openings: 0, reportedAtMs: null };

/** The running item, refused, as it waits for capacity: no attempt is counted, however often. */
export function awaitCapacity({ lease, nowMs, settings }: Draft, item: TaskItem): TaskItem {
  const { sinceMs, fence, refusals, openings, reportedAtMs } = item.noCapacity ?? { ...none, sinceMs: nowMs };
  const reportAtMs = reportedAtMs === null ? sinceMs + REPORT_AFTER_MS : reportedAtMs + REPORT_EVERY_MS;
  const isSameHour = fence === lease.fence;
  const noCapacity = {
    sinceMs,
    fence: lease.fence,
    refusals: isSameHour ? refusals + 1 : 1,
    openings: isSameHour ? openings : openings + 1,
    reportedAtMs: nowMs >= reportAtMs ? nowMs : reportedAtMs,
  };
  const longestMs = Math.max(LONGEST_PAUSE_MS, settings.retryPauseMs);
  const pauseMs = Math.min(settings.retryPauseMs * 2 ** (noCapacity.refusals - 1), longestMs);
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (noCapacity.openings - 1), LONGEST_WAIT_MS);
  return {
    ...item,
    noCapacity,
    notBeforeMs: nowMs + pauseMs,
    startByMs: Math.max(item.startByMs, nowMs + waitMs),
  };
}
