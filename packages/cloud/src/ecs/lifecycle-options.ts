/** How tasks run in a world: what stands for their container, how long its states take, and when it can start. */
import type { Fates } from './fates.ts';
import type { Task } from './task.ts';

/** A task as a virtual runner sees it. */
export interface VirtualTask {
  readonly taskArn: string;
  readonly startedBy: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly taskRoleArn: string | undefined;
}

/** What a virtual task does: nothing for `durationMs`, then `effect`, then it exits. */
export interface VirtualRun {
  readonly durationMs: number;
  readonly exitCode: number;
  readonly effect?: () => void | Promise<void>;
}

/** Milliseconds of the virtual clock. */
export interface TaskTimings {
  /** From RunTask to RUNNING. */
  startMs: number;
  /** From RunTask to STOPPED for a task that cannot start: Fargate tries for a while. */
  failedStartMs: number;
  /** From the container's end to STOPPED. */
  stopMs: number;
}

export interface LifecycleOptions {
  /** The container's entrypoint as a local process. */
  readonly taskCommand: readonly string[] | undefined;
  /** Variables every local process gets beside the container's own, for what a local stand-in needs. */
  readonly taskEnvironment: Readonly<Record<string, string>>;
  /** Instead of processes. */
  readonly taskRunner: ((task: VirtualTask) => VirtualRun | Promise<VirtualRun>) | undefined;
  readonly timings: TaskTimings;
  readonly fates: Fates;
  /** Says why a task cannot start, before the endpoints are looked at; `start` starts it whatever they are. */
  readonly decideStart: (task: Task) => 'check' | 'start' | { readonly failure: string };
}
