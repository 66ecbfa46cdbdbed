/** What checks yield. A check has a name that stays the same; one that yields nothing has found nothing wrong. */
import type { Finding } from '../model/finding.ts';

export type Wrong = Finding & { level: 'warning' | 'fault' };

/** Something that will not work. */
export function fault(check: CheckName, subject: string, message: string, mend: string): Wrong {
  return { check, level: 'fault', subject, message, mend };
}

/** Something that may be meant so, or that could not be looked at. */
export function warning(check: CheckName, subject: string, message: string, mend: string): Wrong {
  return { check, level: 'warning', subject, message, mend };
}

/** Every check there is, with what it is about when nothing is wrong. In the order in which a person would look. */
export const checks = {
  'vpc-present': 'the VPC is there and belongs to this account',
  'vpc-dns': 'the VPC can have private DNS',
  'vpc-resolver': "names resolve by the VPC's own resolver",
  'vpc-ranges': 'every range of the VPC may use its endpoints',
  'subnet-present': 'every subnet is in the VPC, and in the Zone that is said',
  'subnet-addresses': 'every subnet has IPv4 addresses to give',
  'subnet-sealed': 'no task subnet is public',
  'endpoint-zones': 'every service is offered in every Zone',
  'private-dns': 'no other endpoint or hosted zone answers for these names',
  'existing-endpoints': 'the endpoints that the VPC is said to have are there',
  'route-tables': 'the route tables are those of the task subnets',
  'gateway-endpoints': 'S3 and DynamoDB are reached through gateway endpoints',
  'gateway-policies': "the gateway endpoints' policies let the tasks through",
  'prefix-lists': "the prefix lists are this Region's",
  'source-hosts': 'the source hosts are real names',
  'source-routes': 'there is a way from the task subnets to the source hosts',
  'task-security-group': "the tasks' security group lets out what tasks need",
  'endpoints-security-group': "the endpoints' security group lets the tasks in",
  quotas: 'the quotas are large enough',
  functions: 'every function is there and can be invoked',
  roles: 'every role has its permissions',
  image: "the tasks' image is there, for their processor",
  'codecommit-keys': "CodeCommit may use the mirrors' keys",
  credentials: "the sources' credentials are there and may be read",
  'webhook-secrets': 'every webhook has its secret',
  'webhook-delivery': 'the webhook answers, and refuses what is not signed',
  'left-schedules': 'no schedule is left behind',
  'left-endpoints': 'no stack and no endpoint is left behind',
  clocks: "this machine's clock is right",
} as const;

export type CheckName = keyof typeof checks;
