/** What may be wrong with an account or a deployment: how each is planted in a sound world, and which check must find it, naming what. */
import type { Cloud } from '@hourglass/cloud';
import { KEYS, makeEndpoint, NAME, PARAMETER, removeEndpoint, SECRET, SUBNET, TABLE, VPC } from './sound-world.ts';

export interface PlantedFault {
  readonly is: string;
  readonly check: string;
  readonly level?: 'warning';
  /** What the finding says, its subject before it. */
  readonly says: RegExp;
  /** Gives what undoes it. */
  plant(cloud: Cloud): Undo | Promise<Undo>;
}

type Undo = () => unknown;

const root = { kind: 'root', arn: 'arn:aws:iam::123456789012:root' } as const;

/** Sets members, and puts the former ones back. */
function set<T extends object>(subject: T | undefined, change: Partial<T>): Undo {
  if (subject === undefined) throw new Error('there is nothing to change');
  const before = Object.fromEntries(Object.keys(change).map((key) => [key, subject[key as keyof T]]));
  Object.assign(subject, change);
  return () => Object.assign(subject, before);
}

/** Sets or (by undefined) takes out an entry, and puts the former one back. */
function put<K, V>(map: Map<K, V>, key: K, value: V | undefined): Undo {
  const before = map.get(key);
  if (value === undefined) map.delete(key);
  else map.set(key, value);
  return () => (before === undefined ? map.delete(key) : map.set(key, before));
}

const vpc = (cloud: Cloud) => cloud.parts.ec2.surroundings.vpcs.get(VPC);
const subnet = (cloud: Cloud) => cloud.parts.ec2.surroundings.subnets.get(SUBNET);
const table = (cloud: Cloud) => cloud.parts.ec2.surroundings.routeTables.get(TABLE);
const role = (cloud: Cloud, part: string) => {
  const found = [...cloud.parts.iam.roles.values()].find(({ name }) => name.includes(part));
  if (found === undefined) throw new Error(`no role ${part}`);
  return found;
};
const group = (cloud: Cloud, description: string) => {
  const found = cloud.parts.ec2.network.groups().find((one) => one.description.startsWith(description));
  if (found === undefined) throw new Error(`no group ${description}`);
  return found;
};
const gateway = (cloud: Cloud, service: string) => {
  const found = cloud.parts.ec2.network.endpoints().find(({ serviceName }) => serviceName.endsWith(`.${service}`));
  if (found === undefined) throw new Error(`no endpoint for ${service}`);
  return found;
};
const quota = (code: string, value: number) => (cloud: Cloud) => put(cloud.parts.account.quotas, code, value);
const denyAll = (Action: string) => ({
  Statement: [{ Effect: 'Deny' as const, Principal: '*' as const, Action, Resource: '*' }],
});
/** A role's inline policies, all taken away or one added. */
const withPolicy = (cloud: Cloud, part: string, change: 'none' | ReturnType<typeof denyAll>): Undo => {
  const { inline } = role(cloud, part);
  const before = [...inline];
  if (change === 'none') inline.clear();
  else inline.set('planted', change);
  return () => {
    inline.clear();
    for (const [name, policy] of before) inline.set(name, policy);
  };
};

export const plantedFaults: readonly PlantedFault[] = [
  {
    is: 'a VPC that is gone',
    check: 'vpc-present',
    says: /vpcId: vpc-0123456789abcdef0 is not in this account/,
    plant: (cloud) => {
      const { vpcs } = cloud.parts.ec2.surroundings;
      const groups = cloud.parts.ec2.network.groups();
      for (const one of groups) cloud.parts.ec2.network.deleteGroup(one.id);
      const undo = put(vpcs, VPC, undefined);
      return () => {
        undo();
        for (const one of groups) cloud.parts.ec2.network.addGroup(one);
      };
    },
  },
  {
    is: 'a VPC of another account',
    check: 'vpc-present',
    says: /shared by the account 222222222222/,
    plant: (cloud) => set(vpc(cloud), { ownerId: '222222222222' }),
  },
  {
    is: 'a VPC that is pending',
    check: 'vpc-present',
    says: /is pending/,
    plant: (cloud) => set(vpc(cloud), { state: 'pending' }),
  },
  {
    is: 'DNS support that is off',
    check: 'vpc-dns',
    says: /enableDnsSupport/,
    plant: (cloud) => set(vpc(cloud), { dnsSupport: false }),
  },
  {
    is: 'DNS host names that are off',
    check: 'vpc-dns',
    says: /enableDnsHostnames/,
    plant: (cloud) => set(vpc(cloud), { dnsHostnames: false }),
  },
  {
    is: 'resolvers of the user’s own',
    check: 'vpc-resolver',
    level: 'warning',
    says: /resolves through 10[.]0[.]0[.]53/,
    plant: (cloud) => set(vpc(cloud), { nameServers: ['10.0.0.53'] }),
  },
  {
    is: 'a range that was added to the VPC',
    check: 'vpc-ranges',
    says: /100[.]64[.]0[.]0\/16 is a range of the VPC/,
    plant: (cloud) => set(vpc(cloud), { cidrs: ['10.0.0.0/16', '100.64.0.0/16'] }),
  },
  {
    is: 'a subnet that is gone',
    check: 'subnet-present',
    says: /taskSubnets\[0\]: subnet-0aaaaaaaaaaaaaaa1 is not in this account/,
    plant: (cloud) => put(cloud.parts.ec2.surroundings.subnets, SUBNET, undefined),
  },
  {
    is: 'a subnet of another VPC',
    check: 'subnet-present',
    says: /is in vpc-2, not in/,
    plant: (cloud) => set(subnet(cloud), { vpcId: 'vpc-2' }),
  },
  {
    is: 'a subnet for IPv6 alone',
    check: 'subnet-addresses',
    says: /is for IPv6 alone/,
    plant: (cloud) => set(subnet(cloud), { ipv6Native: true }),
  },
  {
    is: 'a subnet without a free address',
    check: 'subnet-addresses',
    says: /has no free addresses/,
    plant: (cloud) => set(subnet(cloud), { freeAddresses: 0 }),
  },
  {
    is: 'a subnet with too few addresses for the endpoints',
    check: 'subnet-addresses',
    says: /endpointSubnets\[0\].*only 2 free addresses, and the 4 endpoints/,
    plant: (cloud) => set(subnet(cloud), { freeAddresses: 2 }),
  },
  {
    is: 'a Zone without a service',
    check: 'endpoint-zones',
    says: /git-codecommit is not offered in ap-northeast-1a/,
    plant: (cloud) => put(cloud.parts.ec2.surroundings.zonesOfService, 'git-codecommit', ['ap-northeast-1c']),
  },
  {
    is: 'a Region without a service',
    check: 'endpoint-zones',
    says: /no interface endpoint for git-codecommit/,
    plant: (cloud) => {
      const { missingServices } = cloud.parts.ec2.surroundings;
      missingServices.add('git-codecommit');
      return () => missingServices.delete('git-codecommit');
    },
  },
  {
    is: 'an endpoint of another with the same private DNS',
    check: 'private-dns',
    says: /the VPC has logs with private DNS/,
    plant: async (cloud) => {
      const id = await makeEndpoint(cloud, 'logs');
      return () => removeEndpoint(cloud, id);
    },
  },
  {
    is: 'a hosted zone that answers for AWS’s names',
    check: 'private-dns',
    says: /hosted zone amazonaws[.]com[.] answers/,
    plant: (cloud) => put(cloud.parts.ec2.surroundings.hostedZones, VPC, ['amazonaws.com.', 'corp.test.']),
  },
  {
    is: 'an existing endpoint that is gone',
    check: 'existing-endpoints',
    says: /no endpoint for secretsmanager/,
    plant: async (cloud) => {
      await removeEndpoint(cloud, gateway(cloud, 'secretsmanager').id);
      return () => makeEndpoint(cloud, 'secretsmanager');
    },
  },
  {
    is: 'a route table that the subnet was moved to',
    check: 'route-tables',
    says: /rtb-2, which subnet-0aaaaaaaaaaaaaaa1 uses, is not among them/,
    plant: (cloud) => {
      const routes = [{ cidr: '0.0.0.0/0', target: 'vgw-1', state: 'active' as const }];
      const moved = { vpcId: VPC, isMain: false, subnets: [SUBNET], routes };
      return put(cloud.parts.ec2.surroundings.routeTables, 'rtb-2', moved);
    },
  },
  {
    is: 'a gateway endpoint that somebody deleted',
    check: 'gateway-endpoints',
    says: /gatewayEndpoints[.]s3: the one that was made is gone/,
    plant: (cloud) => {
      const endpoint = gateway(cloud, 's3');
      return set(endpoint, { deletedAtMs: 1 });
    },
  },
  {
    is: 'a gateway endpoint whose policy keeps image layers out',
    check: 'gateway-policies',
    says: /does not allow s3:GetObject on arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/,
    plant: (cloud) => {
      const Statement = { Effect: 'Allow', Principal: '*', Action: '*', Resource: 'arn:aws:s3:::team-git/*' };
      return set(gateway(cloud, 's3'), { policy: JSON.stringify({ Statement }) });
    },
  },
  {
    is: 'a gateway endpoint whose policy denies the table',
    check: 'gateway-policies',
    says: /does not allow dynamodb:GetItem/,
    plant: (cloud) => set(gateway(cloud, 'dynamodb'), { policy: JSON.stringify(denyAll('dynamodb:*')) }),
  },
  {
    is: 'a prefix list of another Region',
    check: 'prefix-lists',
    says: /prefixLists[.]dynamodb: pl-78a54011 is not the list/,
    plant: (cloud) => {
      const undo = put(cloud.parts.ec2.surroundings.prefixLists, 'pl-78a54011', undefined);
      const undoOther = put(cloud.parts.ec2.surroundings.prefixLists, 'pl-1', 'dynamodb');
      return () => [undo(), undoOther()];
    },
  },
  {
    is: 'a route to an internet gateway, so that the task subnet is public',
    check: 'subnet-sealed',
    level: 'warning',
    says: /subnet-0aaaaaaaaaaaaaaa1 is public: rtb-\w+, which it uses, sends 0[.]0[.]0[.]0\/0 to the internet gateway igw-1/,
    plant: (cloud) => {
      const routes = table(cloud)?.routes ?? [];
      return set(table(cloud), { routes: [...routes, { cidr: '0.0.0.0/0', target: 'igw-1', state: 'active' }] });
    },
  },
  {
    is: 'no route to the git servers',
    check: 'source-routes',
    says: /has no route to 192[.]168[.]0[.]0\/16/,
    plant: (cloud) => set(table(cloud), { routes: [{ cidr: '10.0.0.0/16', target: 'local', state: 'active' }] }),
  },
  {
    is: 'a route that leads nowhere',
    check: 'source-routes',
    says: /tgw-9 is gone or detached/,
    plant: (cloud) => set(table(cloud), { routes: [{ cidr: '192.168.0.0/16', target: 'tgw-9', state: 'blackhole' }] }),
  },
  {
    is: 'a task’s security group that lets nothing out to the git servers',
    check: 'task-security-group',
    says: /nothing lets a task out to the git servers in 192[.]168[.]0[.]0\/16 on port 443/,
    plant: (cloud) => {
      const { rules } = group(cloud, 'Tasks of');
      const [id = '', rule] = [...rules].find(([, { cidr }]) => cidr === '192.168.0.0/16') ?? [];
      rules.delete(id);
      return () => rule && rules.set(id, rule);
    },
  },
  {
    is: 'a task’s security group without S3',
    check: 'task-security-group',
    says: /out to S3 \(pl-61a54008\)/,
    plant: (cloud) => {
      const { rules } = group(cloud, 'Tasks of');
      const [id = '', rule] = [...rules].find(([, { prefixListId }]) => prefixListId === 'pl-61a54008') ?? [];
      rules.delete(id);
      return () => rule && rules.set(id, rule);
    },
  },
  {
    is: 'endpoints that let nobody in',
    check: 'endpoints-security-group',
    says: /nothing lets the tasks in on port 443/,
    plant: (cloud) => {
      const { rules } = group(cloud, 'Interface endpoints of');
      const before = [...rules];
      rules.clear();
      return () => before.map(([id, rule]) => rules.set(id, rule));
    },
  },
  {
    is: 'a security group that is gone',
    check: 'task-security-group',
    says: /^sg-\w+: it is gone, so that no task starts/,
    plant: (cloud) => {
      const tasks = group(cloud, 'Tasks of');
      cloud.parts.ec2.network.deleteGroup(tasks.id);
      return () => cloud.parts.ec2.network.addGroup(tasks);
    },
  },
  { is: 'too few vCPUs', check: 'quotas', says: /the quota of Fargate is 1/, plant: quota('fargate/L-3032A538', 1) },
  {
    is: 'too few endpoints',
    check: 'quotas',
    says: /exceed the quota of 4 per VPC/,
    plant: quota('vpc/L-29B6F2EB', 4),
  },
  {
    is: 'too few network interfaces',
    check: 'quotas',
    says: /the account has 900, and the quota is 900/,
    plant: (cloud) => {
      const undo = set(cloud.parts.ec2.surroundings, { otherInterfaces: 899 });
      const undoQuota = put(cloud.parts.account.quotas, 'vpc/L-DF5E4CA3', 900);
      return () => [undo(), undoQuota()];
    },
  },
  {
    is: 'too little concurrency',
    check: 'quotas',
    says: /the quota of Lambda is 5/,
    plant: quota('lambda/L-B99A9384', 5),
  },
  {
    is: 'a function that is gone',
    check: 'functions',
    says: /^hourglass-doctor-teardown: the function is gone/,
    plant: (cloud) => {
      const fn = cloud.functions.find('hourglass-doctor-teardown');
      cloud.functions.remove('hourglass-doctor-teardown');
      return () => cloud.functions.restore(fn);
    },
  },
  {
    is: 'a role that is gone',
    check: 'roles',
    says: /^scheduler \(.*\): the role is gone/,
    plant: (cloud) => put(cloud.parts.iam.roles, role(cloud, 'SchedulerRole').arn, undefined),
  },
  {
    is: 'a role whose policies were detached',
    check: 'roles',
    says: /^stack .*: ec2:CreateVpcEndpoint on .* is allowed by no policy/,
    plant: (cloud) => withPolicy(cloud, 'StackRole', 'none'),
  },
  {
    is: 'a boundary that denies',
    check: 'roles',
    says: /^runner .*: ecs:RunTask on .* is denied/,
    plant: (cloud) => withPolicy(cloud, 'RunnerRole', denyAll('ecs:RunTask')),
  },
  {
    is: 'a task that may not write to its mirror',
    check: 'roles',
    says: /^task .*: codecommit:GitPush on .*:app is denied/,
    plant: (cloud) => withPolicy(cloud, 'TaskRole', denyAll('codecommit:GitPush')),
  },
  {
    is: 'an image that is not there',
    check: 'image',
    says: /hourglass:local: it is not in the repository/,
    plant: (cloud) => put(cloud.parts.account.images, 'hourglass', new Map()),
  },
  {
    is: 'an image for another processor',
    check: 'image',
    says: /it is for amd64, and tasks run on ARM64/,
    plant: (cloud) => put(cloud.parts.account.images, 'hourglass', new Map([['local', { architectures: ['amd64'] }]])),
  },
  {
    is: 'a mirror whose key waits for its deletion',
    check: 'codecommit-keys',
    says: /^app: its key .*of-mirrors is PendingDeletion/,
    plant: (cloud) => set(cloud.parts.account.keys.get(KEYS.mirror), { state: 'PendingDeletion' }),
  },
  {
    is: 'credentials that are not there',
    check: 'credentials',
    says: /^s3:\/\/team-git\/git[.]json: it is not there/,
    plant: (cloud) => {
      cloud.parts.s3.removeObject('team-git', 'git.json');
      return () => cloud.parts.s3.putObject('team-git', 'git.json', { body: '{}', kmsKeyArn: KEYS.object });
    },
  },
  {
    is: 'a bucket whose policy denies',
    check: 'credentials',
    says: /the policy of the bucket team-git denies s3:GetObject/,
    plant: (cloud) => put(cloud.parts.s3.policies, 'team-git', denyAll('s3:GetObject')),
  },
  {
    is: 'a secret whose policy denies',
    check: 'credentials',
    says: /secret:git-AbCdEf: the policy of the secret denies/,
    plant: (cloud) => put(cloud.parts.secrets.policies, SECRET, JSON.stringify(denyAll('secretsmanager:*'))),
  },
  {
    is: 'a key whose policy admits nobody here',
    check: 'credentials',
    says: /of-objects allows kms:Decrypt neither to the role nor to the account/,
    plant: (cloud) => {
      const Principal = { AWS: 'arn:aws:iam::222222222222:root' };
      const policy = { Statement: [{ Effect: 'Allow' as const, Principal, Action: 'kms:*', Resource: '*' }] };
      return set(cloud.parts.account.keys.get(KEYS.object), { policy });
    },
  },
  {
    is: 'a webhook without a secret',
    check: 'webhook-secrets',
    says: /^webhooks[.]gitlab: .*\/webhooks\/gitlab is not there/,
    plant: (cloud) => {
      cloud.parts.parameters.removeParameter(PARAMETER);
      return () => cloud.putParameter(PARAMETER, 'of the tests', KEYS.parameter);
    },
  },
  {
    is: 'a webhook’s secret that is not encrypted',
    check: 'webhook-secrets',
    level: 'warning',
    says: /is not encrypted \(String\)/,
    plant: (cloud) => {
      cloud.parts.parameters.putPlainParameter(PARAMETER, 'of the tests');
      return () => cloud.putParameter(PARAMETER, 'of the tests', KEYS.parameter);
    },
  },
  {
    is: 'a webhook’s key that is off',
    check: 'webhook-secrets',
    says: /of-parameters is Disabled/,
    plant: (cloud) => set(cloud.parts.account.keys.get(KEYS.parameter), { state: 'Disabled' }),
  },
  {
    is: 'a webhook that fails',
    check: 'webhook-delivery',
    says: /answered with 500 instead of 401/,
    plant: (cloud) => {
      const fn = cloud.functions.find('hourglass-doctor-webhook');
      const { REPOSITORIES = '' } = fn.settings.variables;
      fn.configure({ REPOSITORIES: 'no JSON' });
      return () => fn.configure({ REPOSITORIES });
    },
  },
  {
    is: 'schedules that were left behind',
    check: 'left-schedules',
    level: 'warning',
    says: /3 schedules where the lease has one/,
    plant: async (cloud) => {
      const GroupName = `hourglass-${NAME}`;
      const Target = { Arn: 'arn:aws:lambda:ap-northeast-1:123456789012:function:hourglass-doctor-teardown' };
      for (const Name of ['a', 'b', 'c']) {
        cloud.schedules.create({
          Name,
          GroupName,
          ScheduleExpression: 'at(2030-01-01T00:00:00)',
          FlexibleTimeWindow: { Mode: 'OFF' },
          Target: { ...Target, RoleArn: role(cloud, 'SchedulerRole').arn },
        } as never);
      }
      return () => ['a', 'b', 'c'].map((name) => cloud.schedules.delete(GroupName, name));
    },
  },
  {
    is: 'an endpoint that was left behind',
    check: 'left-endpoints',
    says: /^vpce-\w+: com[.]amazonaws[.]ap-northeast-1[.]ecr[.]api belongs to no stack/,
    plant: async (cloud) => {
      const id = await makeEndpoint(cloud, 'ecr.api', { 'hourglass:lease': NAME, 'hourglass:fence': '1' });
      return () => removeEndpoint(cloud, id);
    },
  },
  {
    is: 'a stack that could not be deleted',
    check: 'left-endpoints',
    says: /^hourglass-doctor-endpoints: the stack is DELETE_FAILED \(refused by a policy\)/,
    plant: async (cloud) => {
      const StackName = `hourglass-${NAME}-endpoints`;
      const TemplateBody = JSON.stringify({
        Resources: {
          Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'planted', VpcId: VPC } },
        },
      });
      await cloud.core.call('cloudformation', 'CreateStack', { StackName, TemplateBody }, root);
      await cloud.driver.advanceBy(600_000);
      cloud.parts.cloudformation.failNextDelete('refused by a policy');
      await cloud.core.call('cloudformation', 'DeleteStack', { StackName }, root);
      await cloud.driver.advanceBy(600_000);
      return async () => {
        await cloud.core.call('cloudformation', 'DeleteStack', { StackName }, root);
        await cloud.driver.advanceBy(600_000);
      };
    },
  },
];
