/** What the runner reads and does in the world. */
import type { Carried, TaskItem } from '@hourglass/lease';
import type { Attempt as RecordedAttempt } from '@hourglass/lease-dynamodb';
import type { SendDeadLetters, ServiceEffects } from '@hourglass/shared';
import type { Repositories } from './repositories.ts';
import type { Tasks } from './tasks.ts';

/** Of this lease. */
export type Attempt = Omit<RecordedAttempt, 'leaseId'>;

export interface RunEffects extends ServiceEffects {
  tasks: Tasks;
  commands: Record<string, string[]>;
  /** The attempts of the task that was begun with this token, in the order in which it does them. */
  readAttempts(taskToken: string): Promise<Attempt[]>;
  /** What the task of this key has mirrored before, for its work item. */
  readMemory(taskKey: string): Promise<{ rememberedTips: readonly string[]; carried?: Carried }>;
  repositories: Repositories;
  sendDeadLetters: SendDeadLetters;
  /** Asks the lease that has endpoints for what only a task can do, then lets the items go. Of the direct carrier's lease only. */
  handOver(items: TaskItem[]): Promise<void>;
  warn(message: string, error?: Error): void;
  /** Logs what takes so much longer than it should that a person must know: an alarm goes off at it. */
  reportOverdue(message: string, overdueMinutes: number): void;
}
