/** Looks at the account before a deployment. */
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { HourglassConfig } from '../config.ts';
import { findFaults } from './find-faults.ts';
import { findRemarks } from './find-remarks.ts';
import { readObservedNetwork } from './observed-network.ts';
import { readQuotas } from './quotas.ts';

/** The account does not fit the configuration, with one line per fault in the message, or could not be asked. */
export class PreflightFailed extends Error {
  override readonly name = 'PreflightFailed';
}

/** Where the account is asked. */
export interface PreflightClients {
  readonly ec2: EC2Client;
  readonly quotas: ServiceQuotasClient;
}

/**
 * Throws {@link PreflightFailed} if anything stands in the way of `config` in the account of `clients`.
 * @returns what only the deployer can judge, a line each.
 */
export async function preflight({ ec2, quotas }: PreflightClients, config: HourglassConfig): Promise<string[]> {
  const [network, limits] = await Promise.all([readObservedNetwork(ec2, config), readQuotas(quotas)]).catch(
    (cause: Error) => {
      const needed =
        'The preflight needs AWS_REGION (or a profile with a region) and credentials of the deployer (infra/permissions.md).';
      throw new PreflightFailed(`The account could not be asked: ${cause.message}\n${needed}`, { cause });
    },
  );
  const facts = { ...network, quotas: limits };
  const faults = findFaults(config, facts);
  if (faults.length > 0) throw new PreflightFailed(faults.join('\n'));
  return findRemarks(config, facts);
}
