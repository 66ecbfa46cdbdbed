/** The limit of Fargate tasks that run at the same time. Claims of one batch have one task. */
import type { Lease, LeaseState } from './lease.ts';
import { holdsRunning } from './looks.ts';
import type { LeaseSettings } from './settings.ts';
import { taskTokenOf } from './task.ts';

/** How many more Fargate tasks may be begun. Counted, if all running items are at hand; else as the lease has counted them. */
export function freeTasks(state: Pick<LeaseState, 'lease' | 'items'>, settings: LeaseSettings): number {
  const running = new Set([...state.items.values()].flatMap(({ claim }) => (claim ? [taskTokenOf(claim)] : [])));
  if (holdsRunning(state)) return Math.max(0, settings.maxParallelTasks - running.size);
  return Math.min(tasksLeft(state.lease, settings), Math.max(0, settings.maxParallelTasks - running.size));
}

/** The same, from the lease alone. */
export function tasksLeft(lease: Lease, settings: LeaseSettings): number {
  // One that was stored before tasks were counted.
  const { tasks = lease.running } = lease;
  return Math.max(0, settings.maxParallelTasks - tasks);
}
