/** What can go wrong for an operator, in words: what was wrong, where, and what to do. */

/** An operation could not be done. The message is a sentence for a person, without a full stop. */
export class OperationFailed extends Error {
  override readonly name: string = 'OperationFailed';
}

/** There is nothing of this name. */
export class NotFound extends OperationFailed {
  override readonly name = 'NotFound';
}

/** The deployment and this command do not fit each other. */
export class VersionsDiffer extends OperationFailed {
  override readonly name = 'VersionsDiffer';
}
