/** A repository with a schedule, in the deployment's own Scheduler entries: it shares hours that others pay for, and opens one only at the end of its patience. */
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy({}, inject('assemblyWithHooks'));
});
afterEach(() => world.close());

const keys = () => world.runs.map(({ key }) => key);

it('asks at its hour in its time zone, opens nothing, and is mirrored in the next hour that another opens', async () => {
  await world.pass(119);
  expect(world.events('MirrorRequested')).toEqual([]);
  await world.pass(2);
  expect(world.events('MirrorRequested')).toEqual([
    {
      version: 1,
      repository: 'app',
      sourceUrl: 'https://git.test/app',
      maxDelaySeconds: 86_400,
      origin: { door: 'schedule' },
    },
  ]);
  await world.pass(180);
  expect(world.events('EndpointsReady')).toEqual([]);
  await world.requestMirror('of-generic', { sourceUrl: 'https://git.example.com/acme/widgets' });
  await world.pass(30);
  expect(keys().toSorted()).toEqual(['mirror:app', 'mirror:of-generic']);
  expect(world.events('EndpointsReady')).toHaveLength(1);
});

it('is mirrored within a day where nobody else asks, and day after day', async () => {
  await world.pass(26 * 60 + 10);
  expect(world.events('EndpointsReady')).toHaveLength(1);
  expect(keys()).toContain('mirror:app');
  await world.pass(48 * 60);
  expect(world.events('EndpointsReady').length).toBeGreaterThanOrEqual(2);
  expect(new Set(keys())).toEqual(new Set(['mirror:app']));
});
