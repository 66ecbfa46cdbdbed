/** What the `hourglass` command says to its user in words instead of a stack trace. */

/** The user's own mistake: exit status 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}

/** The work could not be done: exit status 1. */
export class CommandFailed extends Error {
  override readonly name: string = 'CommandFailed';
}
