/** The same templates and bundles where names differ: in China and in GovCloud. */
import { afterEach, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

it.each([
  ['cn-north-1', 'arn:aws-cn:', 'cn.com.amazonaws.cn-north-1.ecr.api'],
  ['us-gov-west-1', 'arn:aws-us-gov:', 'com.amazonaws.us-gov-west-1.ecr.api'],
])('a mirror in %s, and the endpoints are gone after its hour', async (region, arn, ecr) => {
  world = await deploy({ region });
  await world.requestMirror('app');
  await world.pass(5);
  expect(world.events('TaskSucceeded')).toHaveLength(1);
  const { cloudformation, ec2, ecs } = world.cloud.parts;
  const interfaces = () => ec2.lifetimes().filter(({ type }) => type === 'Interface');
  expect(interfaces().map(({ service }) => service)).toContain(ecr);
  expect(interfaces().map(({ service }) => service)).toContain(`com.amazonaws.${region}.git-codecommit`);
  expect(ecs.tasks()[0]?.arn).toMatch(arn);
  expect(cloudformation.stacks()[0]?.roleArn).toMatch(arn);
  await world.pass(90);
  expect(interfaces().filter(({ deletedAtMs }) => deletedAtMs === undefined)).toEqual([]);
  expect((await world.lease()).phase).toBe('closed');
});
