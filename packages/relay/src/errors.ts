/** Why a mirror stops. */

/**
 * No other way of carrying would help. The message is for people, without credentials.
 *
 * `input`: what was asked is malformed; `access`: credentials or permissions are missing, or there is no such repository; `guard`: it
 * would do harm, or cannot be done with these two repositories.
 */
export class MirrorRefused extends Error {
  override readonly name = 'MirrorRefused';
  readonly kind: 'input' | 'access' | 'guard';
  constructor(message: string, kind: 'input' | 'access' | 'guard' = 'guard') {
    super(message);
    this.kind = kind;
  }
}

/** One way of carrying has failed; the next one may succeed. */
export class RelayFailed extends Error {
  override readonly name: string = 'RelayFailed';
}

/** The other side has not kept to the protocol, or its answer was cut off. */
export class ProtocolViolation extends RelayFailed {
  override readonly name = 'ProtocolViolation';
}

/** The source no longer has an object that it had listed: its refs have moved since, and a new look helps. */
export class SourceMoved extends RelayFailed {
  override readonly name = 'SourceMoved';
}
