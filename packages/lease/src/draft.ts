/** A decision in the making: the state's own copy, with the facts that it leaves behind. */
import type { Fact } from './commands.ts';
import { type Lease, type LeaseState, nothingLearned } from './lease.ts';
import type { LeaseSettings } from './settings.ts';
import type { TaskItem } from './task.ts';

export interface Draft {
  lease: Lease;
  items: Map<string, TaskItem>;
  seen: Set<string>;
  facts: Fact[];
  readonly nowMs: number;
  readonly settings: LeaseSettings;
}

export function draftOf(state: LeaseState, nowMs: number, settings: LeaseSettings): Draft {
  return {
    lease: copyOf(state.lease),
    items: new Map(state.items),
    seen: new Set(state.seen),
    facts: [],
    nowMs,
    settings,
  };
}

/** A lease that was stored before they were there lacks some fields. */
function copyOf(lease: Lease): Lease {
  return { ...nothingLearned, ...lease };
}

/** Replaces the item under `taskKey` and moves the lease's exact counts with it; `null` takes the item out. */
export function moveItem(draft: Draft, taskKey: string, next: TaskItem | null): void {
  const before = draft.items.get(taskKey);
  if (before) draft.lease[before.state] -= 1;
  if (!next) {
    draft.items.delete(taskKey);
    return;
  }
  draft.lease[next.state] += 1;
  draft.items.set(taskKey, next);
  if (next.state === 'pending') {
    draft.lease.startByMs = Math.min(draft.lease.startByMs ?? next.startByMs, next.startByMs);
  }
}

/** The running item that this token belongs to; a token is good for one claim only. */
export function runningItem(draft: Draft, taskKey: string, token: string): TaskItem | undefined {
  const item = draft.items.get(taskKey);
  return item?.claim?.token === token ? item : undefined;
}
