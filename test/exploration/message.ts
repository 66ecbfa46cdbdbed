/** What wakes a handler, and what is kept of one that stands before a call: enough to run it again up to there. */
import type { Trigger as ProvisionerTrigger } from '../../services/provisioner/src/provision.ts';
import type { Trigger as RunnerTrigger } from '../../services/runner/src/run.ts';
import type { Trigger as TeardownTrigger } from '../../services/teardown/src/tear-down.ts';

export type Message =
  | { to: 'intake'; request: number }
  | { to: 'intake'; ask: number }
  | { to: 'provisioner'; trigger: ProvisionerTrigger }
  | { to: 'runner'; trigger: RunnerTrigger }
  | { to: 'teardown'; trigger: TeardownTrigger };

export type Answer = { value: unknown } | { error: Error };

/** A handler that stands before a call. */
export interface Run {
  message: Message;
  startedAtMs: number;
  answers: readonly Answer[];
  /** The call that it stands before. */
  before: string;
  /** The lease's version as it last loaded it. */
  version: number;
}

/** What comes in between at one call: the handler is stopped before it, its answer is lost, AWS refuses it, or does not know yet what it has just done. */
export interface Turn {
  at: number;
  kind: 'pause' | 'lost' | 'refused' | 'crowded' | 'behind';
}
