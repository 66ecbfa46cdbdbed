/** The roles of the direct carrier may do exactly what it does, and what AWS demands on the way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { AwsError, type Cloud } from '@hourglass/cloud';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { CREDENTIALS } from '../scenarios/synthesize.setup.ts';
import type { DirectFates } from '../simulation/faults/direct.ts';
import { createSimulatedWorld, type SimulatedWorld } from '../simulation/world.ts';
import { auditPermissions, describePermission, findDenied } from './audit.ts';
import { listPermissions, type Permission, type Template } from './permissions.ts';
import type { ApiTrace } from './record.ts';

const assembly = inject('assemblyDirect');
const templateOf = (dir: string) =>
  JSON.parse(readFileSync(join(dir, 'hourglass-test.template.json'), 'utf8')) as Template;
const template = templateOf(assembly);
const without = new Set(listPermissions(templateOf(inject('assembly'))).map(whole));
/** What comes with the carrier. A statement with this key denies: the function's own code may not use what its network needs. */
const added = listPermissions(template).filter(
  (one) =>
    !/Operator/.test(one.owner) &&
    !without.has(whole(one)) &&
    !JSON.stringify(one.condition ?? {}).includes('SourceFunctionArn'),
);

function whole(permission: Permission): string {
  return `${describePermission(permission)} ${JSON.stringify(permission.condition)}`;
}

const reference = 'https://docs.aws.amazon.com';
/** Where no call of ours is to be seen. */
const sourced: { owner: RegExp; action: RegExp; why: string; source: string }[] = [
  {
    owner: /(Fetcher|Pusher)Role/,
    action: /^logs:(CreateLogStream|PutLogEvents)$/,
    why: 'Lambda writes a function’s output with the function’s role',
    source: `${reference}/lambda/latest/dg/monitoring-cloudwatchlogs.html`,
  },
  {
    owner: /FetcherRole/,
    action: /^ec2:((Create|Describe|Delete)NetworkInterfaces?|DescribeSubnets|(Una|A)ssignPrivateIpAddresses)$/,
    why: 'Lambda makes and removes the interface in the VPC with the function’s role',
    source: `${reference}/lambda/latest/dg/configuration-vpc.html`,
  },
  {
    owner: /PusherRole/,
    action: /^codecommit:Git(Pull|Push)$/,
    why: 'git itself is spoken to CodeCommit, with a signature by the function’s role',
    source: `${reference}/codecommit/latest/userguide/auth-and-access-control-permissions-reference.html`,
  },
  {
    owner: /FetcherRole/,
    action: /^s3:AbortMultipartUpload$/,
    why: 'a pack of several parts whose source breaks off: with real parts in test/relay, and too big for the simulated git servers',
    source: `${reference}/AmazonS3/latest/userguide/mpuAndPermissions.html`,
  },
];

const untroubled: DirectFates = { source: () => undefined, destination: () => undefined };
const calls: ApiTrace[] = [];
const denied: (string | undefined)[] = [];

async function scene(play: (world: SimulatedWorld) => Promise<void>): Promise<void> {
  const world = await createSimulatedWorld({ assembly, seed: 1, carriers: 'direct', fates: untroubled });
  const traces: ApiTrace[] = [];
  try {
    world.cloud.onTrace((trace) => trace.kind === 'api' && traces.push(trace));
    await play(world);
    for (const trace of traces) {
      if (trace.caller.kind !== 'role') continue;
      if (/AccessDenied|not authorized/i.test(`${trace.outcome} ${trace.message}`)) denied.push(trace.message);
      else calls.push(trace);
    }
  } finally {
    await world.close();
  }
}

const pass = ({ cloud }: SimulatedWorld, seconds: number) => cloud.driver.advanceBy(seconds * 1_000);

async function look({ cloud }: SimulatedWorld): Promise<void> {
  const { region } = cloud;
  const client = new LambdaClient({
    region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler(),
  });
  const look = {
    repository: 'app',
    sourceUrl: 'https://git.test/app',
    destination: 'codecommit::ap-northeast-1://app',
  };
  const Payload = JSON.stringify({ look });
  await client.send(new InvokeCommand({ FunctionName: 'hourglass-test-fetcher', InvocationType: 'Event', Payload }));
}

async function requestFrom({ cloud }: SimulatedWorld, host: string, repository: string): Promise<void> {
  const Detail = JSON.stringify({ version: 1, repository, sourceUrl: `https://${host}/${repository}` });
  const entry = { EventBusName: 'hourglass-test', Source: 'hourglass.client', DetailType: 'MirrorRequested', Detail };
  await cloud.core.call('events', 'PutEvents', { Entries: [entry] }, { kind: 'root', arn: 'root' });
}

/** The same git server under another name, with credentials that rest in S3. */
function putCredentials(cloud: Cloud, host: 'basic.test' | 'own-key.test'): void {
  const { bucket, key, ...rest } = CREDENTIALS[host] as { bucket: string; key: string; kmsKeyArn?: string };
  cloud.parts.s3.putObject(bucket, key, { body: JSON.stringify({ username: 'u', password: 'p' }), ...rest });
  const server = cloud.otherHosts.get('git.test');
  if (server) cloud.otherHosts.set(host, server);
}

beforeAll(async () => {
  await scene(async (world) => {
    await world.request('mirror:app');
    await pass(world, 60);
    await look(world);
    await pass(world, 60);
    world.sources.of('mirror:app').head += 1;
    await look(world);
    await pass(world, 600);
    expect(world.sources.of('mirror:app').mirrored).toBe(2);
  });
  await scene(async (world) => {
    for (const host of ['basic.test', 'own-key.test'] as const) {
      putCredentials(world.cloud, host);
      world.sources.of(`mirror:of-${host}`).head = 1;
      await requestFrom(world, host, `of-${host}`);
    }
    await pass(world, 600);
    expect(world.sources.of('mirror:of-basic.test').mirrored).toBe(1);
    expect(world.sources.of('mirror:of-own-key.test').mirrored).toBe(1);
  });
  // The daily call that keeps the fetcher awake is refused for so long that the Scheduler gives it up.
  await scene(async (world) => {
    const refuse = new AwsError('TooManyRequestsException', 'Rate Exceeded.', { httpStatus: 429 });
    world.cloud.setFaults(({ operation, input }) =>
      operation === 'Invoke' && String(input.Payload).includes('ping') ? { refuse } : undefined,
    );
    await pass(world, 3 * 24 * 3_600);
    world.cloud.setFaults(undefined);
    expect(
      world.cloud.queues
        .all()
        .find(({ name }) => name.endsWith('-undelivered'))
        ?.peek().length,
    ).toBeGreaterThan(0);
  });
  // Each of the two fails for good, so that its last message goes where a person finds it.
  for (const service of ['fetcher', 'pusher']) {
    await scene(async (world) => {
      world.cloud.setFaults(({ invoker, service: of }) =>
        invoker?.functionName.endsWith(service) && of === 'dynamodb'
          ? { refuse: new AwsError('InternalServerError', 'lost', { httpStatus: 500 }) }
          : undefined,
      );
      await world.request('mirror:app');
      await pass(world, 900);
      world.cloud.setFaults(undefined);
      expect(
        world.cloud.queues
          .all()
          .find(({ name }) => name.endsWith('-unhandled'))
          ?.peek().length,
      ).toBeGreaterThan(0);
    });
  }
});

describe('fetcher, pusher and who begins them', () => {
  it('have permissions of their own', () => {
    const owners = new Set(added.map(({ owner }) => owner));
    for (const part of [/FetcherRole/, /PusherRole/, /RunnerRole/])
      expect(
        [...owners].some((owner) => part.test(owner)),
        String(part),
      ).toBe(true);
  });

  it('are denied nothing', async () => {
    expect(denied).toEqual([]);
    expect(await findDenied(template, assembly, calls)).toEqual([]);
  });

  it('may do nothing else: each permission is used, or AWS demands it', async () => {
    const audit = await auditPermissions(template, assembly, added, calls);
    const unused = added.filter((one) => audit.get(one)?.length === 0);
    const explains = (one: Permission) =>
      sourced.filter(({ owner, action }) => owner.test(one.owner) && action.test(one.action));
    expect(unused.filter((one) => explains(one).length === 0).map(describePermission)).toEqual([]);
    expect(
      sourced.filter((entry) => !unused.some((one) => explains(one).includes(entry))).map(({ why }) => why),
    ).toEqual([]);
  });

  it('meet each other nowhere but in their bucket: only one writes there, and only the other one reads', () => {
    const of = (part: RegExp) => added.filter(({ owner }) => part.test(owner)).map(({ action }) => action);
    expect(of(/PusherRole/)).not.toContain('s3:PutObject');
    expect(of(/FetcherRole/).filter((action) => /^(codecommit|events|scheduler|lambda):/.test(action))).toEqual([]);
    const bucket = added.filter(
      ({ action, resource }) => action === 's3:GetObject' && resource.includes('DirectStore'),
    );
    expect(bucket.map(({ owner }) => /Pusher/.test(owner))).toEqual([true]);
  });
});
