/** Looks at the account before a deployment. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { HourglassConfig } from '../config.ts';
import { findFaults } from './find-faults.ts';
import { readNetworkFacts } from './network-facts.ts';

/** The account does not fit the configuration; the message has one line per fault. */
export class PreflightFailed extends Error {
  override readonly name = 'PreflightFailed';
}

/** Throws {@link PreflightFailed} if anything stands in the way of `config` in the account of `client`. */
export async function preflight(client: EC2Client, config: HourglassConfig): Promise<void> {
  const faults = findFaults(config, await readNetworkFacts(client, config));
  if (faults.length > 0) throw new PreflightFailed(faults.join('\n'));
}
