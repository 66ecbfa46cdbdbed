/** An organisation that denies every creation without a tag, at the call that creates: tagging afterwards does not count. */
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';
import { TAGS } from './synthesize.setup.ts';

let world: Deployment;
afterEach(() => world.close());

/** As such policies are written: of EC2 and ECS it names what is created, since what is merely used brings no tags. */
const demand = (key: string, ...creations: string[]) => ({
  Statement: creations.map((creation) => ({
    Effect: 'Deny' as const,
    Action: creation,
    Resource: creation === 'ec2:CreateVpcEndpoint' ? 'arn:aws:ec2:*:*:vpc-endpoint/*' : '*',
    Condition: { Null: { [`aws:RequestTag/${key}`]: 'true' } },
  })),
});
const CREATIONS = ['cloudformation:CreateStack', 'ec2:CreateVpcEndpoint', 'ecs:RunTask', 'codecommit:CreateRepository'];

describe('with tags in the configuration', () => {
  beforeEach(async () => {
    world = await deploy({}, inject('assemblyWithHooks'));
    world.cloud.setOrganizationPolicies(Object.keys(TAGS).map((key) => demand(key, ...CREATIONS)));
  });

  it('endpoints, stack, task and repository are created with them, and the mirror is made', async () => {
    await world.requestMirror('app');
    await world.pass(5);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    const { cloudformation, codecommit, ec2, ecs } = world.cloud.parts;
    const endpoints = ec2.lifetimes().filter(({ type }) => type === 'Interface');
    expect(endpoints.length).toBeGreaterThan(3);
    const given = [
      ...endpoints.map(({ tags }) => tags),
      Object.fromEntries(cloudformation.stacks()[0]?.tags.map(({ Key, Value }) => [Key, Value]) ?? []),
      Object.fromEntries(ecs.tasks()[0]?.tags ?? []),
      codecommit.repositories().get('app')?.tags,
    ];
    for (const tags of given) expect(tags).toMatchObject({ ...TAGS, 'hourglass:lease': 'test' });
  });

  it('and what the stack was given at deployment is on its tasks too, by the task definition', async () => {
    await world.requestMirror('app');
    await world.pass(5);
    const run = world.cloud.parts.ecs.tasks()[0];
    expect(Object.fromEntries(run?.definition.tags ?? [])).toMatchObject(TAGS);
  });
});

describe('without tags', () => {
  beforeEach(async () => {
    world = await deploy();
  });
  const REFUSED = 'with an explicit deny in a service control policy';
  const lastWords = () => world.messages('failed-mirrors').map((body) => JSON.parse(body).message);

  it('a stack that is denied is reported in the words of AWS, and no endpoint was paid for', async () => {
    world.cloud.setOrganizationPolicies([demand('CostCenter', 'cloudformation:CreateStack')]);
    await world.requestMirror('app');
    await world.pass(180);
    expect(lastWords()).toEqual([expect.stringContaining(REFUSED)]);
    expect(lastWords()[0]).toContain('cloudformation:CreateStack');
    expect(world.cloud.parts.ec2.lifetimes().filter(({ type }) => type === 'Interface')).toEqual([]);
  });

  it('so is an endpoint of the stack', async () => {
    world.cloud.setOrganizationPolicies([demand('CostCenter', 'ec2:CreateVpcEndpoint')]);
    await world.requestMirror('app');
    await world.pass(300);
    expect(lastWords()).toEqual([expect.stringMatching(/ec2:CreateVpcEndpoint .*service control policy/)]);
    expect(world.events('EndpointsFailed')[0]).toMatchObject({ reason: expect.stringContaining(REFUSED) });
  });

  it('so is a task', async () => {
    world.cloud.setOrganizationPolicies([demand('CostCenter', 'ecs:RunTask')]);
    await world.requestMirror('app');
    await world.pass(24 * 60);
    expect(lastWords()).toEqual([expect.stringMatching(/ecs:RunTask .*service control policy/)]);
  });

  it('so is a repository, for which no hour is bought', async () => {
    world.cloud.setOrganizationPolicies([demand('CostCenter', 'codecommit:CreateRepository')]);
    await world.requestMirror('app');
    await world.pass(10);
    expect(lastWords()).toEqual([expect.stringMatching(/codecommit:CreateRepository .*service control policy/)]);
    expect(world.cloud.parts.cloudformation.stacks()).toEqual([]);
  });
});
