/** Why a task stops before its work is done. Each is the reason of the abort signal that everything in the task listens to. */

/** The task's own time limit. */
export class TimeLimitOver extends Error {
  override readonly name = 'TimeLimitOver';
  constructor(seconds: number) {
    super(`time limit of ${seconds} s is over`);
  }
}

/** ECS (or a person) stopped the task. */
export class Terminated extends Error {
  override readonly name = 'Terminated';
  constructor(signalName: string) {
    super(`stopped from outside by ${signalName}`);
  }
}

/** The work was tried and did not succeed; the message is for the person who looks at the result. */
export class WorkFailed extends Error {
  override readonly name = 'WorkFailed';
  /** What is known all the same: a mirror that could not delete a default branch needs another one to be set first. */
  readonly defaultBranch: string | undefined;
  /** Another try would end the same. */
  readonly permanent: boolean;
  /** What was done all the same, for the history. */
  report?: Readonly<Record<string, unknown>>;
  constructor(message: string, defaultBranch?: string, permanent = false) {
    super(message);
    this.permanent = permanent;
    this.defaultBranch = defaultBranch;
  }
}

/** Every ref that the destination refused had moved there since the look: somebody else has pushed, and another look may pass. */
export class RefsMoved extends WorkFailed {}
