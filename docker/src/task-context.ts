/** What every kind of work gets from the task around it. */
export interface TaskContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A folder that is the work's own, and gone after it. */
  readonly scratch: string;
  /** Aborted when the time limit is over or the task is stopped; its reason says which. */
  readonly signal: AbortSignal;
  /** Writes one line to the task's log, without credentials. */
  readonly log: (line: string) => void;
}
