/**
 * Looks at a deployment and its account, and reports of every check whether it is well. Only reads, and one delivery without a signature, which the
 * webhook refuses. What the preflight checks before a deployment, this checks by the same functions.
 */
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2';
import { checkAccount } from '../checks/check-account.ts';
import { type CheckName, checks, fault, type Wrong, warning } from '../checks/found.ts';
import { checkOwnGateways } from '../checks/gateway-checks.ts';
import { readAccount } from '../checks/read-account.ts';
import { checkSecurityGroups } from '../checks/route-checks.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { Finding } from '../model/finding.ts';
import { checkFunctions } from './check-functions.ts';
import { checkImage } from './check-image.ts';
import { checkEndpointsLeft, checkSchedules } from './check-leftovers.ts';
import { checkRoles } from './check-roles.ts';
import { checkDelivery, checkWebhookSecrets, type Post } from './check-webhook.ts';
import { readNeeds } from './read-needs.ts';

export interface DoctorOptions {
  readonly post: Post;
  /** This machine's clock, to be held against AWS's; undefined where the other side's clock is no real one. */
  readonly localNowMs?: number | undefined;
}

/** AWS refuses what was signed more than five minutes ago, or ahead. */
const REFUSED_AFTER_MS = 300_000;
const LATE_MS = 30_000;

/** @returns one entry or more for every check, in the order of {@link checks} */
export async function examine(deployment: Deployment, { post, localNowMs }: DoctorOptions): Promise<Finding[]> {
  const { needs, made } = await readNeeds(deployment);
  const { clients } = deployment;
  const facts = await readAccount(clients, needs, made.roles.task);
  const [, partition = 'aws', , , account = ''] = Object.values(made.roles)[0]?.split(':') ?? [];
  const found: Wrong[] = [
    ...checkAccount(needs, facts),
    ...checkOwnGateways(needs, facts),
    ...(await attempt('task-security-group', async () =>
      checkSecurityGroups(needs, made, await readGroups(deployment, made)),
    )),
    ...(await attempt('functions', () => checkFunctions(deployment, made))),
    ...(await attempt('roles', () => checkRoles({ deployment, needs, made, partition, account }))),
    ...(await attempt('image', () => checkImage(deployment, made))),
    ...(await attempt('webhook-secrets', () => checkWebhookSecrets(deployment, needs, made.roles.webhook))),
    ...(await attempt('webhook-delivery', () => checkDelivery(made, needs, post))),
    ...(await attempt('left-schedules', () => checkSchedules(deployment, made))),
    ...(await attempt('left-endpoints', () => checkEndpointsLeft(deployment, facts))),
    ...(localNowMs === undefined ? [] : checkClock(deployment.nowMs(), localNowMs)),
  ];
  return Object.entries(checks).flatMap(([check, message]): Finding[] => {
    const wrong = found.filter((one) => one.check === check);
    return wrong.length > 0 ? wrong : [{ check, level: 'ok', subject: deployment.name, message, mend: null }];
  });
}

/** What may not be asked is reported as such, and the other checks go on. */
async function attempt(check: CheckName, look: () => Promise<Iterable<Wrong>>): Promise<Wrong[]> {
  try {
    return [...(await look())];
  } catch (error) {
    return [
      warning(check, 'deployment', `not checked: ${(error as Error).message}`, 'allow the call to have it checked'),
    ];
  }
}

async function readGroups(
  { clients }: Deployment,
  { taskSecurityGroup, endpointsSecurityGroup }: { taskSecurityGroup: string; endpointsSecurityGroup: string },
) {
  const ec2 = await clients.ec2();
  // Filters rather than ids: one that is gone is then missing, not an error.
  const Filters = [{ Name: 'group-id', Values: [taskSecurityGroup, endpointsSecurityGroup] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return new Map(SecurityGroups.map((group) => [group.GroupId ?? '', group]));
}

function checkClock(awsMs: number, localMs: number): Wrong[] {
  const apartMs = Math.abs(localMs - awsMs);
  if (apartMs < LATE_MS) return [];
  const message = `this machine is ${Math.round(apartMs / 1_000)} s ${localMs > awsMs ? 'ahead of' : 'behind'} AWS`;
  const mend = 'set the clock by NTP (timedatectl set-ntp true)';
  return apartMs < REFUSED_AFTER_MS
    ? [warning('clocks', 'this machine', message, mend)]
    : [fault('clocks', 'this machine', `${message}, which refuses requests that are five minutes off`, mend)];
}
