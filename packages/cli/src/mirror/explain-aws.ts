/** What AWS or the way to it has said, as one sentence with what to do. */
import { CommandFailed } from '../errors.ts';

/** How sockets and the SDK's own clock say that nobody answers. */
const UNREACHABLE = /^(?:E[A-Z_]+|TimeoutError|NetworkingError)$/;
const NOT_ACCEPTED =
  /Expired|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidToken/;
const OTHER_CLOCK = /Skewed|RequestExpired/;
const BUSY = /Throttl|TooManyRequests|RequestLimit|ServiceUnavailable|InternalFailure|InternalServerError/;

/** @returns `error` itself if it is not AWS's */
export function explainAws(error: unknown, region: string): unknown {
  if (!(error instanceof Error)) return error;
  const { name } = error;
  const said = shortened(error.message);
  const { code, $metadata } = error as { code?: unknown; $metadata?: { httpStatusCode?: number } };
  if (
    OTHER_CLOCK.test(name) ||
    (/InvalidSignature/.test(name) && /expired|earlier|later|not yet current/i.test(said))
  ) {
    return new CommandFailed(
      `AWS does not accept the time of this machine (${name}: ${said}): set its clock, and try again`,
    );
  }
  if (/InvalidSignature|SignatureDoesNotMatch|IncompleteSignature/.test(name)) {
    return new CommandFailed(
      `AWS does not accept the signature (${name}: ${said}): the secret key is not that of the access key; copy both anew, or sign in anew`,
    );
  }
  if (NOT_ACCEPTED.test(name)) {
    return new CommandFailed(`AWS does not accept the credentials (${name}: ${said}): sign in anew, and try again`);
  }
  if (/AccessDenied/.test(name)) {
    return new CommandFailed(`AWS does not allow it (${said}): let somebody who may give these credentials the action`);
  }
  if (code === 'ERR_INVALID_URL') {
    return new CommandFailed(
      `the address of CodeCommit in ${region} is not a URL: look at AWS_ENDPOINT_URL_CODECOMMIT, AWS_ENDPOINT_URL and endpoint_url in the profile`,
    );
  }
  const reason = typeof code === 'string' && UNREACHABLE.test(code) ? code : UNREACHABLE.test(name) ? name : undefined;
  if (reason !== undefined) {
    return new CommandFailed(
      `CodeCommit in ${region} cannot be reached (${reason}: ${said || 'no answer'}): look at the Region's name, the network and its proxy`,
    );
  }
  if ($metadata === undefined && !('$response' in error)) return error;
  // AWS gives every refusal a name, and speaks JSON.
  const status = statusOf(error);
  if (error instanceof SyntaxError || /^(?:Unknown(?:Error)?|Error|\d+)$/.test(name)) {
    return new CommandFailed(
      `what answers in the place of CodeCommit in ${region} is not AWS (status ${status ?? 'unknown'}): a proxy or a login page stands between; look at the network, HTTPS_PROXY and NO_PROXY${(status ?? 0) >= 500 ? ', or try again in some minutes' : ''}`,
    );
  }
  const later = BUSY.test(name) || (status ?? 0) >= 500 ? ': try again in some minutes' : '';
  return new CommandFailed(`CodeCommit in ${region} refuses (${name}: ${said})${later}`);
}

function statusOf(error: object): number | undefined {
  const { $metadata, $response } = error as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

function shortened(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}
