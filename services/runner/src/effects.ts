/** What the runner reads and does in the world. */
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
  /** What the task of this key has mirrored before. */
  readTips(taskKey: string): Promise<readonly string[]>;
  repositories: Repositories;
  sendDeadLetters: SendDeadLetters;
  warn(message: string, error?: Error): void;
  /** Something takes so much longer than it should that a person is told: an alarm goes off at it. */
  tellOverdue(message: string, overdueMinutes: number): void;
}
