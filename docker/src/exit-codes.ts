/** The exit codes of the task; the runner reads them from the ECS event. */
export const EXIT = {
  succeeded: 0,
  failed: 1,
  /** A variable is missing, or the work cannot be read: a second run would end the same. */
  misconfigured: 2,
  /** Its own time limit was over; the code that timeout(1) uses. */
  timeLimitOver: 124,
  /** 128 + SIGTERM: stopped from outside. */
  terminated: 143,
} as const;
