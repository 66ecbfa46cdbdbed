/** What is no fault by itself, and only the deployer can judge. */
import type { HourglassConfig } from '../config.ts';
import type { ObservedAccount } from './find-faults.ts';
import { quotaCodes } from './quotas.ts';

/** One line each. */
export function findRemarks({ vpcId, sources }: HourglassConfig, { nameServers, quotas }: ObservedAccount): string[] {
  const others = nameServers.filter((server) => server !== 'AmazonProvidedDNS');
  // https://www.rfc-editor.org/rfc/rfc2606
  const examples = sources.hosts.filter((host) => /(^|\.)example(\.(com|net|org))?(:\d+)?$/i.test(host));
  return [
    ...examples.map(
      (host) => `sources.hosts: ${host} is a name for examples, which no git server has; put in your own`,
    ),
    ...(others.length > 0
      ? [
          `vpcId: ${vpcId} resolves through ${others.join(', ')}; they must forward amazonaws.com to the VPC's own resolver`,
        ]
      : []),
    ...Object.entries(quotas.unread).map(([name, reason]) => {
      const { ServiceCode, QuotaCode } = quotaCodes[name as keyof typeof quotaCodes];
      return `not checked: the quota ${ServiceCode}/${QuotaCode} (${name}) could not be read: ${reason}`;
    }),
  ];
}
