/** Why endpoints could not be created reaches the event, the dead letter and the history, in AWS's own words. */
import { AwsError } from '@hourglass/cloud';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy, TABLE } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());
const asRoot = (service: string, operation: string, input: Record<string, unknown>) =>
  world.cloud.core.call(service, operation, input, { kind: 'root', arn: 'root' });

/** The texts in which a person looks for it. */
async function readReasons(): Promise<{ event: string; deadLetter: string; history: string }> {
  const { Items } = (await asRoot('dynamodb', 'Scan', { TableName: TABLE })) as { Items: { pk: { S: string } }[] };
  return {
    event: String(world.events('EndpointsFailed')[0]?.reason),
    deadLetter: JSON.parse(world.messages('failed-mirrors')[0] ?? '{}').message,
    history: JSON.stringify(Items.filter(({ pk }) => pk.S.startsWith('history#'))),
  };
}

async function failWith(error: AwsError): Promise<void> {
  world = await deploy();
  world.cloud.setFaults(({ operation }) => (operation === 'CreateVpcEndpoint' ? { refuse: error } : undefined));
  await world.requestMirror('app');
  await world.pass(300);
}

describe('a creation that fails', () => {
  it('because another endpoint of the VPC has the private DNS', async () => {
    world = await deploy();
    await asRoot('ec2', 'CreateVpcEndpoint', {
      VpcId: 'vpc-0123456789abcdef0',
      ServiceName: 'com.amazonaws.ap-northeast-1.logs',
      VpcEndpointType: 'Interface',
      SubnetId: ['subnet-0ccccccccccccccc3'],
      PrivateDnsEnabled: 'true',
    });
    await world.requestMirror('app');
    await world.pass(300);
    const words = 'private-dns-enabled cannot be set because there is already a conflicting DNS domain';
    const { event, deadLetter, history } = await readReasons();
    for (const text of [event, deadLetter, history]) expect(text).toContain(words);
    expect(event).toMatch(/^Logs: /);
  });

  it('because the account has as many endpoints as it may', async () => {
    const words = 'The maximum number of VPC endpoints has been reached.';
    await failWith(new AwsError('VpcEndpointLimitExceeded', words));
    const { event, deadLetter, history } = await readReasons();
    for (const text of [event, deadLetter, history]) expect(text).toContain(words);
  });

  it('shows neither keys nor what decodes to the whole policy', async () => {
    const secret = `${'k7Zq'.repeat(40)}`;
    await failWith(
      new AwsError(
        'UnauthorizedOperation',
        `You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/x/AWSCloudFormation is not authorized to perform: ec2:CreateVpcEndpoint. Encoded authorization failure message: ${secret} AKIAIOSFODNN7EXAMPLE`,
        { httpStatus: 403 },
      ),
    );
    const { event, deadLetter, history } = await readReasons();
    for (const text of [event, deadLetter, history]) {
      expect(text).toContain('is not authorized to perform: ec2:CreateVpcEndpoint');
      expect(text).not.toContain('k7Zqk7Zq');
      expect(text).not.toContain('AKIAIOSFODNN7');
    }
  });

  it('because its endpoints stay pending: after a quarter of an hour the stack gives up, and so in the end does the lease', async () => {
    world = await deploy({ network: { availableAfterMs: 10 * 24 * 3_600_000 } });
    await world.requestMirror('app');
    await world.pass(20);
    const stacks = () => world.cloud.parts.cloudformation.stacks();
    expect(stacks()[0]?.status).toMatch(/^(ROLLBACK|DELETE)_/);
    await world.pass(8 * 60);
    const { event, deadLetter } = await readReasons();
    for (const text of [event, deadLetter])
      expect(text).toContain('Stack creation time exceeded the specified timeout');
    expect(
      world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs),
    ).toEqual([]);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, timer: null });
  });
});
