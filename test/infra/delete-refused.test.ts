/** A stack that may not be deleted, through the deployed teardown: what costs goes all the same, and a person gets one mail. */
import { AwsError } from '@hourglass/cloud';
import { expect, it } from 'vitest';
import { deploy } from '../scenarios/deployment.ts';

it('endpoints of a protected stack are swept within their hour, with few calls, and the lease goes on when the protection is gone', async () => {
  const world = await deploy();
  let isProtected = true;
  let calls = 0;
  world.cloud.setFaults(({ operation }) => {
    if (operation !== 'DeleteStack') return undefined;
    calls += 1;
    return isProtected
      ? {
          refuse: new AwsError('ValidationError', 'Stack [x] cannot be deleted while TerminationProtection is enabled'),
        }
      : undefined;
  });
  await world.requestMirror('app');
  await world.pass(60);
  const standing = () =>
    world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs);
  expect(standing()).toEqual([]);
  await world.pass(330);
  expect(calls).toBeLessThanOrEqual(12);
  expect(await world.lease()).toMatchObject({ phase: 'closing' });
  isProtected = false;
  await world.requestMirror('app');
  await world.pass(70);
  expect(world.events('TaskSucceeded')).toHaveLength(2);
  await world.close();
});
