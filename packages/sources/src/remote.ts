/** Which remotes the task will speak to, and what git needs for each. */
import { hideInAddress, quoted } from '@hourglass/relay';
import { refuseUrl } from '@hourglass/relay/address-rule';
import { codeCommitHost, readCodeCommit, refuseRepositoryName } from '@hourglass/relay/codecommit-address';

export interface Remote {
  /** What git is given. */
  readonly url: string;
  /** Host, or host:port where the URL names a port. */
  readonly host: string;
}

/** A remote that the task does not touch; the message names it without credentials. */
export class RemoteRefused extends Error {
  override readonly name = 'RemoteRefused';
}

const WITH_PROTOCOL = /^(?:https?|ssh):\/\/(?:[^\s/?#]*@)?(\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?(?:[/?#]|$)/i;
const SCP_LIKE = /^[\w][\w.-]*@([\w.-]+):(?!\/\/)\S+$/;

/**
 * Accepts http, https and ssh URLs, `user@host:path`, and `codecommit::region://repository`. Everything else (paths, `file:`, `ext::` and
 * other remote helpers, what git would take for an option) is refused before git sees it.
 * @throws RemoteRefused
 */
export function resolveRemote(given: string): Remote {
  const codeCommit = readCodeCommit(given);
  const noName = codeCommit && refuseRepositoryName(codeCommit.name);
  if (noName !== undefined) {
    const shown = quoted(hideInAddress(given));
    throw new RemoteRefused(`the remote ${shown} is refused: the name of the repository ${noName}`);
  }
  // The task has no profiles.
  if (codeCommit?.profile === undefined && codeCommit !== undefined && given.startsWith('codecommit::')) {
    const host = codeCommitHost(codeCommit.region);
    return { url: `https://${host}/v1/repos/${codeCommit.name}`, host };
  }
  const host = (WITH_PROTOCOL.exec(given) ?? SCP_LIKE.exec(given))?.[1];
  // ssh would take a host that begins with a dash for an option; a backslash is a slash to some parsers and none to git.
  if (host === undefined || host.startsWith('-') || given.includes('\\') || hasControlCharacters(given)) {
    const shown = hideInAddress(given);
    throw new RemoteRefused(
      `the remote ${quoted(shown)} is refused: only http, https and ssh URLs, user@host:path and codecommit::region://repository are allowed`,
    );
  }
  const why = given.includes('://') ? refuseUrl(given) : undefined;
  if (why !== undefined) throw new RemoteRefused(`the remote ${quoted(hideInAddress(given))} is refused: ${why}`);
  const withPort = (URL.canParse(given) && new URL(given).host) || host;
  return { url: given, host: withPort.toLowerCase() };
}

function hasControlCharacters(text: string): boolean {
  return [...text].some((character) => character <= ' ' || character === '\u007f');
}
