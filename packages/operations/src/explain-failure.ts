/** What AWS or the way to it has said, as one sentence for a person, with what to do. */
import { OperationFailed } from './errors.ts';
import type { FailedCall } from './name-calls.ts';

/** Where a command was to go, as its user named it. */
export interface Target {
  readonly region: string;
  readonly profile?: string | undefined;
  readonly endpoint?: string | undefined;
}

const UNREACHABLE = /^(?:E[A-Z_]+|TimeoutError|NetworkingError)$/;
const NOT_ACCEPTED =
  /Expired|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidToken|AuthFailure/;
/** What IAM says: who, which action, on what. */
const DENIED = /not authorized to perform: ([\w-]+:\w+)(?: on resource: (\S+))?/;
/** Actions that change something; the policy for reading alone has none of them. */
const CHANGES = /:(Put|Send|Delete|Start|Update|Change|Receive|Cancel)/;

/** @returns `error` itself if it is neither AWS's nor the way's */
export function explainFailure(error: unknown, { region, profile, endpoint }: Target): unknown {
  if (!(error instanceof Error) || error instanceof OperationFailed) return error;
  const { name, message } = error;
  const said = message.replace(/\s+/g, ' ').trim();
  const { code } = error as { code?: unknown };
  const whose = profile === undefined ? '' : ` of the profile ${JSON.stringify(profile)}`;
  if (/region is missing/i.test(message)) {
    const there = endpoint === undefined ? '' : ` for ${endpoint}, and no hourglass local answers there`;
    const local = endpoint === undefined ? '; for a deployment on this machine start hourglass local' : '';
    return new OperationFailed(
      `no Region is set${there}: give --region, or set AWS_REGION or a region in the profile${local}`,
    );
  }
  if (/Credentials?Provider|TokenProvider|ProviderError/.test(name) || /could not load credentials/i.test(message)) {
    return new OperationFailed(
      `there are no AWS credentials${whose} (${said}): sign in, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or give --profile; for a deployment on this machine start hourglass local`,
    );
  }
  if (NOT_ACCEPTED.test(name)) {
    return new OperationFailed(
      `AWS does not accept the credentials${whose} (${name}: ${said}): sign in anew, and try again`,
    );
  }
  if (/AccessDenied|UnauthorizedOperation|NotAuthorized/.test(name)) return new OperationFailed(explainDenied(said));
  const reason = typeof code === 'string' && UNREACHABLE.test(code) ? code : UNREACHABLE.test(name) ? name : undefined;
  if (reason !== undefined) {
    const where = endpoint ?? `AWS in ${region}`;
    return new OperationFailed(
      `${where} cannot be reached (${reason}: ${said || 'no answer'}): look at the Region's name, the endpoint, the network and its proxy`,
    );
  }
  if ('$metadata' in error) {
    const { $call: call = '', $metadata } = error as FailedCall & { $metadata: { httpStatusCode?: number } };
    // AWS gives every refusal a name.
    if (/^(Unknown(Error)?|Error)$/.test(name)) {
      const status = $metadata.httpStatusCode === undefined ? '' : ` with HTTP status ${$metadata.httpStatusCode}`;
      return new OperationFailed(
        `${endpoint ?? `AWS in ${region}`} answers ${call || 'a call'}${status} and not as AWS does: an emulator may not have it, and a proxy may answer in its place`,
      );
    }
    return new OperationFailed(`AWS in ${region} refuses ${call ? `${call} ` : ''}(${name}: ${said})`);
  }
  return error;
}

function explainDenied(said: string): string {
  const [, action, resource] = DENIED.exec(said) ?? [];
  if (action === undefined) {
    return `AWS does not allow it (${said}): let somebody attach the deployment's policy for operators (output OperatorPolicyArn) to whoever you are`;
  }
  const policy = CHANGES.test(action)
    ? "the deployment's policy for operators, output OperatorPolicyArn, allows it"
    : "the deployment's policies for operators, outputs OperatorPolicyArn and OperatorReadPolicyArn, allow it";
  const on = resource === undefined ? '' : ` on ${resource}`;
  return `AWS does not allow ${action}${on}: ${policy}; let somebody attach one to whoever you are`;
}
