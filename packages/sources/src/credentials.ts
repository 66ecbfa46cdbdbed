/** The credentials of a mirror's source, if they may be sent to where the request points. */
import type { Auth } from '@hourglass/relay';
import type { Remote } from './remote.ts';
import { type ClientSettings, CredentialsUnusable, readCredentials } from './source-credentials.ts';
import type { CredentialsPlace } from './source-networks.ts';

export { CredentialsUnusable, readCredentials } from './source-credentials.ts';

/** @throws CredentialsUnusable; the signal's reason */
export async function readSourceAuth(
  source: Remote,
  place: CredentialsPlace,
  signal: AbortSignal,
  settings: ClientSettings = {},
): Promise<Auth> {
  // Who asks for a mirror chooses the scheme, and must not be able to have a password sent in the clear.
  if (/^http:/i.test(source.url) && !/:\d+$/.test(source.host)) {
    throw new CredentialsUnusable(
      `the credentials of ${source.host} are not sent over plain http: ask for its https URL, or name the host with its port in the configuration`,
    );
  }
  return await readCredentials(source.host, place, signal, settings);
}
