/** What AWS does to tasks of its own accord. A world may change it while it runs. */
import type { Arrange, Sidecar } from './task.ts';

export interface Fates {
  /** Why Fargate takes no task in these subnets now, if it does not: the reason of RunTask's failure. For a token that has its task it is not asked. */
  refuseRun?: ((subnets: readonly string[]) => string | undefined) | undefined;
  /** What is added to the task that is made now. */
  sidecars?: (() => readonly Sidecar[]) | undefined;
  /** Asked for each answer and each event. */
  arrange?: Arrange | undefined;
  /** From this container's end to STOPPED, in milliseconds; default {@link TaskTimings.stopMs}. */
  stopMs?: (() => number) | undefined;
  /** Whether of a task that could not start ECS says only `Task failed to start`, and gives the reason with its container. */
  vagueStart?: boolean | undefined;
  /** From StopTask to the container's signal, in milliseconds; default 0. */
  stopSignalMs?: (() => number) | undefined;
}
