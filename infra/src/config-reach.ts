/** What a task could never reach from its sealed subnet, as far as the configuration alone shows. */
import { BlockList, isIP } from 'node:net';
import { Token } from 'aws-cdk-lib';
import type { Sources } from './config-sources.ts';
import { explainRegion } from './service-names.ts';

/** What is looked at together. */
interface Reachable {
  readonly sources: Sources;
  readonly endpointSubnets?: readonly { readonly zone?: string | undefined }[] | undefined;
  readonly image: { readonly build?: true; readonly uri?: string };
  readonly destinationPrefix?: string | undefined;
}

/** Refuses addresses that the tasks' security group lets nobody reach, and what lies in another Region, which no endpoint leads to. */
export function refuseElsewhere(config: Reachable, refuse: (path: string[], message: string) => void): void {
  const { cidrs, networks } = config.sources;
  for (const [host, { address }] of Object.entries(networks)) {
    if (address === undefined || cidrs.some(Token.isUnresolved) || isWithin(address, cidrs)) continue;
    refuse(['sources', 'networks', host, 'address'], `must be in one of sources.cidrs (${cidrs.join(', ')})`);
  }
  const region = regionOf(config);
  const missing = region === undefined ? undefined : explainRegion(region);
  if (missing !== undefined) refuse(['endpointSubnets'], missing);
  if (region === undefined) return;
  const addresses = [
    { path: ['image', 'uri'], found: /^\d+\.dkr\.ecr\.([a-z0-9-]+)\./.exec(config.image.uri ?? '')?.[1] },
    { path: ['destinationPrefix'], found: /^codecommit::([a-z0-9-]+):/.exec(config.destinationPrefix ?? '')?.[1] },
    ...Object.entries(networks).map(([host, { credentials }]) => ({
      path: ['sources', 'networks', host, 'credentials', 'secretArn'],
      found: credentials && 'secretArn' in credentials ? regionOfArn(credentials.secretArn) : undefined,
    })),
  ];
  for (const { path, found } of addresses) {
    if (found === undefined || found === region) continue;
    refuse(path, `must be in ${region}, where the endpoints are, not in ${found}: no endpoint leads to another Region`);
  }
}

/** The Region of the endpoints' Zones, if one of them is said. */
export function regionOf({ endpointSubnets = [] }: Pick<Reachable, 'endpointSubnets'>): string | undefined {
  const zone = endpointSubnets.map((one) => one.zone).find((name) => name !== undefined && !Token.isUnresolved(name));
  // A Local Zone, such as us-west-2-lax-1a, is its Region's too.
  return /^[a-z]+(-[a-z]+)+-\d+/.exec(zone ?? '')?.[0];
}

function regionOfArn(arn: string): string | undefined {
  return Token.isUnresolved(arn) ? undefined : arn.split(':')[3];
}

function isWithin(address: string, cidrs: readonly string[]): boolean {
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', bits] = cidr.split('/');
    // What is no range has been reported by its own key.
    if (isIP(network) !== 4) return true;
    ranges.addSubnet(network, Number(bits), 'ipv4');
  }
  return ranges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}
