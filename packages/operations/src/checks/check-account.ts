/**
 * What would go wrong with a deployment in an account, judged by what was read of it: before anything is made (infra's preflight), and of what stands
 * (`hourglass doctor`). Most of it CloudFormation or the first lease would find out late, and some of it never: a second endpoint for a service is not
 * refused if its private DNS is off, only paid.
 */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { checkCredentials, checkKey, type ObservedCredential, type ObservedKey } from './credential-checks.ts';
import { checkInterfaceEndpoints } from './endpoint-checks.ts';
import { fault, type Wrong, warning } from './found.ts';
import { checkGatewayEndpoints } from './gateway-checks.ts';
import type { ObservedNetwork } from './observed-network.ts';
import { checkQuotas } from './quota-checks.ts';
import type { Quotas } from './quotas.ts';
import { checkSealed, checkSourceHosts, checkSourceRoutes } from './route-checks.ts';
import { checkPrefixLists, checkSubnets, checkVpc } from './vpc-checks.ts';

/** What is known of an account. */
export interface ObservedAccount extends ObservedNetwork {
  readonly quotas: Quotas;
  /** Network interfaces there are, if they were counted. */
  readonly interfaces?: number | undefined;
  readonly credentials: readonly ObservedCredential[];
  /** Keys of mirrors in CodeCommit, by the repository's name. */
  readonly mirrorKeys: ReadonlyMap<string, ObservedKey>;
  /** Who will read: ARNs of roles, and the account's. */
  readonly readers: readonly string[];
  /** What could not be asked, and why. */
  readonly unasked: readonly { readonly check: Wrong['check']; readonly reason: string }[];
}

/** One entry for each thing that is wrong; none means that nothing stands in the way. */
export function checkAccount(needs: DeploymentNeeds, facts: ObservedAccount): Wrong[] {
  const { vpc } = facts;
  if (vpc === undefined) {
    const message = `${needs.vpcId} is not in this account and Region`;
    return [fault('vpc-present', 'vpcId', message, 'correct the id, or the Region and account that are asked')];
  }
  return [
    ...checkSubnets(needs, facts),
    ...checkSealed(needs, facts),
    ...checkInterfaceEndpoints(needs, facts),
    ...checkGatewayEndpoints(needs, facts),
    ...checkPrefixLists(needs, facts),
    ...checkVpc(needs, facts),
    ...checkSourceHosts(needs),
    ...checkSourceRoutes(needs, facts),
    ...checkQuotas(needs, facts.quotas, facts.interfaces),
    ...checkCredentials(facts.credentials, facts.readers),
    ...[...facts.mirrorKeys].flatMap(([name, key]) => [
      ...checkKey('codecommit-keys', name, key, 'kms:GenerateDataKey', facts.readers),
    ]),
    ...facts.unasked.map(({ check, reason }) =>
      warning(check as never, 'deployment', `not checked: ${reason}`, 'allow the call to have it checked'),
    ),
  ];
}
