/** Why a mirror stops. */

/**
 * No other way of carrying would help. The message is for people, without credentials.
 *
 * `input`: what was asked is malformed; `access`: credentials or permissions are missing; `absent`: the source's server says that it has no
 * such repository; `guard`: it would do harm, or cannot be done with these two repositories.
 */
export class MirrorRefused extends Error {
  override readonly name = 'MirrorRefused';
  readonly kind: 'input' | 'access' | 'absent' | 'guard';
  /** What had been written by then, if anything had. */
  written: { readonly created: number; readonly updated: number; readonly deleted: number } | undefined;
  constructor(message: string, kind: 'input' | 'access' | 'absent' | 'guard' = 'guard') {
    super(message);
    this.kind = kind;
  }
}

/** One way of carrying has failed; the next one may succeed, but where it says that it is the last. */
export class RelayFailed extends Error {
  override readonly name: string = 'RelayFailed';
  /** Of the answer that was no answer of git's. */
  readonly status: number | undefined;
  /** No other way would do better: the same would come of it, or the other side wants a pause. README has the table. */
  readonly isLast: boolean;
  /** The pause that the other side asks for, in milliseconds. */
  readonly pauseMs: number | undefined;
  constructor(
    message: string,
    status?: number,
    { isLast = false, pauseMs }: { isLast?: boolean; pauseMs?: number } = {},
  ) {
    super(message);
    this.status = status;
    this.isLast = isLast;
    this.pauseMs = pauseMs;
  }

  /** Whether the other side is to be left alone now. */
  get wantsPause(): boolean {
    return this.pauseMs !== undefined || this.status === 429;
  }
}

/** The relay cannot speak so with a side, and the git command can. */
export class NeedsGit extends RelayFailed {
  override readonly name = 'NeedsGit';
}

/** A push that may have failed because of its size, or of the time that its size took: a smaller one may pass. */
export class PackRefused extends RelayFailed {
  override readonly name = 'PackRefused';
  /** Bytes of the pack that had passed. */
  readonly bytes: number;
  /** `status`: the destination has said so. `cut`: the connection broke. `limit`: it would have been bigger than is allowed here. */
  readonly by: 'status' | 'cut' | 'limit';
  constructor(message: string, bytes: number, by: 'status' | 'cut' | 'limit') {
    super(message);
    this.bytes = bytes;
    this.by = by;
  }
}

/** The destination has read the whole pack and does not take it: another kind of pack may help, another size would not. */
export class UnpackFailed extends RelayFailed {
  override readonly name = 'UnpackFailed';
}

/** The other side has not kept to the protocol, or its answer was cut off. */
export class ProtocolViolation extends RelayFailed {
  override readonly name = 'ProtocolViolation';
}

/** The source no longer has an object that it had listed: its refs have moved since, and a new look helps. */
export class SourceMoved extends RelayFailed {
  override readonly name = 'SourceMoved';
}

/** The store between two halves of a mirror does not give what was stored. */
export class StoredPackBroken extends RelayFailed {
  override readonly name = 'StoredPackBroken';
}
