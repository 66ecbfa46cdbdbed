/**
 * Who may speak in whose name on the bus, whatever else an identity's own policies allow: internal events come from the
 * services that work on the lease, the replay's and the webhook's from their own roles. Without this, anybody in the
 * account with `events:PutEvents` on `*` could forge `EndpointsReady`.
 */
import { CfnEventBusPolicy, type EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, AnyPrincipal, Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { clientsByAccount } from './config-clients.ts';
import type { PerService, ServiceName } from './names.ts';
import { requests } from './statements.ts';

const senders: Record<string, ServiceName[]> = {
  hourglass: ['intake', 'provisioner', 'runner', 'teardown', 'pusher'],
  'hourglass.replay': ['replay'],
  'hourglass.webhook': ['webhook'],
};

/** Denies each source to everybody but its senders. */
export function reserveSources(scope: Construct, bus: EventBus, roles: PerService<Role>): void {
  for (const [source, services] of Object.entries(senders)) {
    const own = services.flatMap((service) => roles[service]?.roleArn ?? []);
    const sid = `Only${services.map((service) => service[0]?.toUpperCase() + service.slice(1)).join('')}`;
    new CfnEventBusPolicy(scope, sid, {
      eventBusName: bus.eventBusName,
      statementId: sid,
      statement: new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
        conditions: {
          StringEquals: { 'events:source': source },
          // Without a webhook, nobody may speak as one.
          ...(own.length > 0 && { ArnNotEquals: { 'aws:PrincipalArn': own } }),
        },
      }).toStatementJson(),
    });
  }
}

/**
 * Lets clients of other accounts say what a client may, if their own account lets them too. Single ones are named by a condition: a principal of a policy has to be
 * there when the policy is written, and one that is made anew would be another.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
export function admitClients(scope: Construct, bus: EventBus, clients: readonly string[]): void {
  for (const [account, names] of clientsByAccount(clients)) {
    const sid = `ClientsOf${account}`;
    new CfnEventBusPolicy(scope, sid, {
      eventBusName: bus.eventBusName,
      statementId: sid,
      statement: new PolicyStatement({
        sid,
        principals: [new AccountPrincipal(account)],
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
        conditions: {
          StringEquals: { 'events:source': 'hourglass.client', 'events:detail-type': requests },
          ...(names !== undefined && { ArnEquals: { 'aws:PrincipalArn': names } }),
        },
      }).toStatementJson(),
    });
  }
}
