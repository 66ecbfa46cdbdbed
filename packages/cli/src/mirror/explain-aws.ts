/** What AWS or the way to it has said, as one sentence with what to do. */
import { CommandFailed } from '../errors.ts';

/** How sockets and the SDK's own clock say that nobody answers. */
const UNREACHABLE = /^(?:E[A-Z_]+|TimeoutError|NetworkingError)$/;
const NOT_ACCEPTED =
  /Expired|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidToken/;

/**
 * @param profile the one that was asked for
 * @returns `error` itself if it is not AWS's
 */
export function explainAws(error: unknown, region: string, profile: string | undefined): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message } = error;
  const said = message.replace(/\s+/g, ' ').trim();
  const { code } = error as { code?: unknown };
  if (/Credentials?Provider|TokenProvider|ProviderError/.test(name) || /could not load credentials/i.test(message)) {
    const asked = profile === undefined ? '' : ` of the profile ${JSON.stringify(profile)}`;
    return new CommandFailed(
      `there are no AWS credentials${asked} for CodeCommit in ${region} (${said}): sign in, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or name a profile as in codecommit::${region}://PROFILE@REPOSITORY`,
    );
  }
  if (NOT_ACCEPTED.test(name)) {
    return new CommandFailed(`AWS does not accept the credentials (${name}: ${said}): sign in anew, and try again`);
  }
  if (/AccessDenied/.test(name)) {
    return new CommandFailed(`AWS does not allow it (${said}): let somebody who may give these credentials the action`);
  }
  const reason = typeof code === 'string' && UNREACHABLE.test(code) ? code : UNREACHABLE.test(name) ? name : undefined;
  if (reason !== undefined) {
    return new CommandFailed(
      `CodeCommit in ${region} cannot be reached (${reason}: ${said || 'no answer'}): look at the Region's name, the network and its proxy`,
    );
  }
  if ('$metadata' in error) return new CommandFailed(`CodeCommit in ${region} refuses (${name}: ${said})`);
  return error;
}
