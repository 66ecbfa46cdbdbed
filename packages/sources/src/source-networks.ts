/**
 * What the deployment knows of the source hosts: addresses for names that the VPC cannot resolve, the certificate authorities and host
 * keys to trust, and where credentials rest. It puts that into the task's environment as JSON, by host.
 */
import type { Network } from '@hourglass/relay';
import type { Remote } from './remote.ts';

/** The variable cannot be read; its value may be long, so the message only says where it is wrong. */
export class SourceNetworksMalformed extends Error {
  override readonly name = 'SourceNetworksMalformed';
  constructor(what: string) {
    super(`the environment variable SOURCE_NETWORKS ${what}`);
  }
}

const KEYS = ['address', 'caBundle', 'knownHosts'];

/** Where credentials rest. */
export type CredentialsPlace = { readonly bucket: string; readonly key: string } | { readonly secretArn: string };

/** The place in words: `s3://bucket/key`, or the secret's ARN. */
export function namePlace(place: CredentialsPlace): string {
  return 'secretArn' in place ? place.secretArn : `s3://${place.bucket}/${place.key}`;
}

type Host = Network & { readonly credentials?: CredentialsPlace };

/**
 * What the deployment says of this source's host: under its name with the port, else under its name alone. Credentials are for what is
 * named exactly, since another port may be another's.
 * @throws SourceNetworksMalformed
 */
export function sourceNetwork(
  source: Remote,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly network: Network; readonly credentials: CredentialsPlace | undefined } {
  const hosts = parse(environment.SOURCE_NETWORKS || '{}');
  const { credentials: _, ...network } = hosts[source.host] ?? hosts[source.host.replace(/:\d+$/, '')] ?? {};
  const odd = Object.entries(network).filter(([key, value]) => !KEYS.includes(key) || typeof value !== 'string');
  if (odd.length > 0) throw new SourceNetworksMalformed(`has for ${source.host} what is no text or not known`);
  return { network, credentials: hosts[source.host]?.credentials };
}

function parse(text: string): Record<string, Host | undefined> {
  let networks: unknown;
  try {
    networks = JSON.parse(text);
  } catch {
    throw new SourceNetworksMalformed('is not JSON');
  }
  if (typeof networks !== 'object' || networks === null) throw new SourceNetworksMalformed('is not an object by host');
  return Object.assign(Object.create(null), networks);
}
