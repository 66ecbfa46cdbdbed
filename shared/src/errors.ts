/** The two classes of failure. Everything else that is thrown is a bug, and is treated as retryable. */

/** Trying again later may help: a throttled call, a lost race. The message goes back to where it came from. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
}

/** Trying again cannot help: the input breaks its contract. The message says what was wrong, where, and what to do. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** The Lambda's environment is not what it must be; it refuses to start. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Whether an AWS SDK error says for certain that the call was refused and has done nothing. A call that the SDK had to send more than
 * once may have worked the first time; a conflict says that it has.
 */
export function isRefusal(error: unknown): error is Error {
  const { $metadata } = error as { $metadata?: { attempts?: number } };
  return isNo(error) && ($metadata?.attempts ?? 1) === 1 && error.name !== 'ConflictException';
}

/**
 * Whether the last word of AWS was no, and not merely that it is busy, or a key unavailable (CodeCommit, 400); an earlier call may have worked, if the
 * SDK sent several. AWS gives every no a name: an answer without one is of somebody between, and says nothing of what was asked.
 */
export function isNo(error: unknown): error is Error {
  const { $metadata, $retryable, name } = error as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: unknown;
    name?: string;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  const throttled =
    status === 429 || $retryable !== undefined || /Throttl|TooManyRequests|Timeout|Unavailable/.test(name ?? '');
  const isNameless = /^(Unknown(Error)?|Error)?$/.test(name ?? '');
  return status >= 400 && status < 500 && !throttled && !isNameless;
}
