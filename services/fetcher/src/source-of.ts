/** A mirror's source as the relay takes it, from the work and what the deployment knows of its host. */
import type { PackOptions } from '@hourglass/relay/halves';
import { hostOptions } from '@hourglass/shared';
import { resolveRemote, selectedRefs, sourceNetwork } from '@hourglass/sources';
import { CarrierLimited } from './outcome.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws RemoteRefused, SourceNetworksMalformed, RefsMalformed, CredentialsUnusable, CarrierLimited, the signal's reason */
export async function sourceOf(
  work: { readonly sourceUrl: string; readonly destination: string },
  environment: Environment,
  signal: AbortSignal,
): Promise<Pick<PackOptions, 'source' | 'auth' | 'sourceNetwork' | 'include' | 'exclude' | 'signal' | 'environment'>> {
  // Stricter than the relay itself: a request must not reach this machine's files.
  const source = resolveRemote(work.sourceUrl);
  const { network, credentials } = sourceNetwork(source, environment);
  if (credentials && 'secretArn' in credentials) {
    throw new CarrierLimited(
      `the credentials of ${source.host} are a secret of Secrets Manager, which has no free endpoint: put them into an S3 object`,
    );
  }
  const { readSourceAuth } = await import('@hourglass/sources/credentials');
  const auth = credentials && (await readSourceAuth(source, credentials, signal, { ...hostOptions() }));
  return {
    source: source.url,
    ...selectedRefs(work.destination, environment),
    sourceNetwork: network,
    ...(auth && { auth: { source: auth } }),
    signal,
    // No program is started here.
    environment: {},
  };
}
