/** Claimed items by the Fargate task that they share: one task may carry several repositories, and most carry one. */
import { type Claim, type TaskItem, taskTokenOf } from '@hourglass/lease';

export interface TaskBatch {
  /** By which ECS knows the task. */
  taskToken: string;
  /** Of the first of them; what a claim says of its task is the same for all. */
  claim: Claim;
  members: { taskKey: string; token: string }[];
}

export function byTask(items: TaskItem[]): TaskBatch[] {
  const tasks = new Map<string, TaskBatch>();
  for (const { taskKey, claim } of items) {
    if (!claim) continue;
    const taskToken = taskTokenOf(claim);
    const task = tasks.get(taskToken) ?? { taskToken, claim, members: [] };
    task.members.push({ taskKey, token: claim.token });
    tasks.set(taskToken, task);
  }
  return [...tasks.values()];
}
