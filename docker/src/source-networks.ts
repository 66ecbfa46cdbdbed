/**
 * How to reach the source hosts that this network does not know: addresses for names that the VPC cannot resolve, the certificate
 * authorities and host keys to trust. The deployment puts them into the task's environment as JSON, by host.
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

/**
 * What the deployment says of this source's host: under its name with the port, else under its name alone.
 * @throws SourceNetworksMalformed
 */
export function sourceNetwork(source: Remote, environment: Readonly<Record<string, string | undefined>>): Network {
  const networks = parse(environment.SOURCE_NETWORKS || '{}');
  const network = networks[source.host] ?? networks[source.host.replace(/:\d+$/, '')] ?? {};
  const odd = Object.entries(network).filter(([key, value]) => !KEYS.includes(key) || typeof value !== 'string');
  if (odd.length > 0) throw new SourceNetworksMalformed(`has for ${source.host} what is no text or not known`);
  return network;
}

function parse(text: string): Record<string, Network | undefined> {
  let networks: unknown;
  try {
    networks = JSON.parse(text);
  } catch {
    throw new SourceNetworksMalformed('is not JSON');
  }
  if (typeof networks !== 'object' || networks === null) throw new SourceNetworksMalformed('is not an object by host');
  return Object.assign(Object.create(null), networks);
}
