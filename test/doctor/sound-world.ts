/** A deployment in the simulated AWS with which nothing is wrong, and an operator who looks at it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { type Cloud, createCloud } from '@hourglass/cloud';
import { createOperatorClients, type Deployment, examine, openDeployment } from '@hourglass/operations';

export const NAME = 'doctor';
export const VPC = 'vpc-0123456789abcdef0';
export const SUBNET = 'subnet-0aaaaaaaaaaaaaaa1';
export const TABLE = 'rtb-0123456789abcdef0';
const keyArn = (id: string) => `arn:aws:kms:ap-northeast-1:123456789012:key/${id}`;
export const KEYS = { object: keyArn('of-objects'), mirror: keyArn('of-mirrors'), parameter: keyArn('of-parameters') };
export const SECRET = 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:git-AbCdEf';
export const PARAMETER = '/hourglass/doctor/webhooks/gitlab';

export interface SoundWorld {
  cloud: Cloud;
  deployment: Deployment;
  /** Of the control plane. */
  outputs: Readonly<Record<string, string>>;
  /** The folder of its templates. */
  assembly: string;
  examine(more?: { localNowMs?: number }): ReturnType<typeof examine>;
  close(): Promise<void>;
}

export async function openSoundWorld(): Promise<SoundWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-doctor-'));
  const assembly = await synthesizeWorld(
    {
      deployment: NAME,
      sourceHost: 'git.acme.test',
      sourceCidrs: ['192.168.0.0/16'],
      destinationPrefix: 'codecommit::ap-northeast-1://',
      apiKeySha256: 'ab'.repeat(32),
      existingEndpoints: ['secretsmanager'],
      networks: {
        'object.test': { credentials: { bucket: 'team-git', key: 'git.json', kmsKeyArn: KEYS.object } },
        'secret.test': { credentials: { secretArn: SECRET } },
      },
      repositories: { app: { source: 'https://git.acme.test/tools/app' } },
      webhooks: { gitlab: { server: 'gitlab', secret: { parameter: PARAMETER, kmsKeyArn: KEYS.parameter } } },
    },
    dir,
  );
  const cloud = createCloud({
    dynamo: 'memory',
    network: { subnets: { [SUBNET]: { vpcId: VPC, zone: 'ap-northeast-1a' } } },
    tasks: { taskRunner: async () => ({ durationMs: 60_000, exitCode: 0 }) },
  });
  const { account, s3, codecommit } = cloud.parts;
  for (const arn of Object.values(KEYS)) account.putKey(arn);
  account.images.set('hourglass', new Map([['local', { architectures: ['arm64', 'amd64'] }]]));
  s3.putObject('team-git', 'git.json', { body: '{}', kmsKeyArn: KEYS.object });
  cloud.putSecret(SECRET, '{}');
  cloud.putParameter(PARAMETER, 'of the tests', KEYS.parameter);
  const { outputs } = await cloud.deploy(assembly, `hourglass-${NAME}`);
  const root = { kind: 'root', arn: 'arn:aws:iam::123456789012:root' } as const;
  await cloud.core.call('codecommit', 'CreateRepository', { repositoryName: 'app' }, root);
  codecommit.keys.set('app', KEYS.mirror);
  await makeEndpoint(cloud, 'secretsmanager');
  // DHCP options of its own, which name the VPC's own resolver.
  const vpc = cloud.parts.ec2.surroundings.vpcs.get(VPC);
  if (vpc !== undefined) vpc.nameServers = ['AmazonProvidedDNS'];
  const clients = createOperatorClients({
    region: cloud.region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler() as never,
  });
  const deployment = await openDeployment({ clients, name: NAME });
  const post = async (url: string, body: string) => {
    const [base] = Object.values(await cloud.apiUrls());
    return fetch(`${base}${new URL(url).pathname}`, { method: 'POST', body });
  };
  return {
    cloud,
    deployment,
    outputs,
    assembly,
    examine: (more = {}) => examine(deployment, { post, ...more }),
    close: async () => {
      await cloud.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** An interface endpoint with private DNS that somebody else has made; gives its id. */
export async function makeEndpoint(cloud: Cloud, service: string, tags: Record<string, string> = {}): Promise<string> {
  const root = { kind: 'root', arn: 'arn:aws:iam::123456789012:root' } as const;
  const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { vpcEndpoint } = (await cloud.core.call(
    'ec2',
    'CreateVpcEndpoint',
    {
      VpcId: VPC,
      ServiceName: `com.amazonaws.${cloud.region}.${service}`,
      VpcEndpointType: 'Interface',
      SubnetId: [SUBNET],
      ...(Tag.length > 0 && { TagSpecification: [{ ResourceType: 'vpc-endpoint', Tag }] }),
    },
    root,
  )) as { vpcEndpoint: { vpcEndpointId: string } };
  return vpcEndpoint.vpcEndpointId;
}

/** Takes it away at once. */
export async function removeEndpoint(cloud: Cloud, id: string): Promise<void> {
  const root = { kind: 'root', arn: 'arn:aws:iam::123456789012:root' } as const;
  await cloud.core.call('ec2', 'DeleteVpcEndpoints', { VpcEndpointId: [id] }, root);
  await cloud.driver.advanceBy(60_000);
}
