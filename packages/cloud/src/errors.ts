/**
 * The one error that leaves a simulated service. The wire turns it into the shape of the caller's protocol, so that a real SDK
 * client raises the exception class of the same name.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  /** Further members of the error's shape (for example `CancellationReasons`). */
  readonly members: Readonly<Record<string, unknown>>;
  /** The code older query clients expect, where it differs (`AWS.SimpleQueueService.NonExistentQueue`). */
  readonly queryCode: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { httpStatus?: number; members?: Record<string, unknown>; queryCode?: string } = {},
  ) {
    super(message);
    this.name = code;
    this.code = code;
    this.httpStatus = options.httpStatus ?? 400;
    this.members = options.members ?? {};
    this.queryCode = options.queryCode;
  }
}

/** The IAM refusal, worded as AWS words it. */
export function accessDenied(principalArn: string, action: string, resource: string, reason?: string): AwsError {
  const why = reason === undefined ? '' : ` ${reason}`;
  return new AwsError(
    'AccessDeniedException',
    `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}${why}`,
    { httpStatus: 403 },
  );
}

/** What a template or the world's own set-up got wrong. Never sent to a client. */
export class DeployError extends Error {
  override readonly name = 'DeployError';
}
