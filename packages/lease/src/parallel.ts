/** The limit of Fargate tasks that run at the same time. Claims of one batch have one task. */
import type { LeaseState } from './lease.ts';
import type { LeaseSettings } from './settings.ts';

/** How many more Fargate tasks may be begun. Items that were not loaded are taken to have a task of their own. */
export function freeTasks({ lease, items }: Pick<LeaseState, 'lease' | 'items'>, settings: LeaseSettings): number {
  const batches = new Set<string>();
  let tasks = lease.running;
  for (const { claim } of items.values()) {
    if (claim?.batchId === undefined) continue;
    if (batches.has(claim.batchId)) tasks -= 1;
    batches.add(claim.batchId);
  }
  return Math.max(0, settings.maxParallelTasks - tasks);
}
