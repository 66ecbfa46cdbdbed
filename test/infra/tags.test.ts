/** Everything that can be tagged names its lease; what belongs to one opening, and nothing else, names its fence too. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Deployment, deploy } from '../scenarios/deployment.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy();
});
afterEach(() => world.close());

it('of each opening the stack, its endpoints and the tasks carry the lease and the fence; the gateways the lease only', async () => {
  const { cloudformation, ec2, ecs } = world.cloud.parts;
  for (const fence of ['1', '2']) {
    await world.requestMirror(`app-${fence}`);
    await world.pass(5);
    const ofOpening = { 'hourglass:lease': 'test', 'hourglass:fence': fence };
    const stack = cloudformation.stacks().at(-1);
    expect(Object.fromEntries(stack?.tags.map(({ Key, Value }) => [Key, Value]) ?? [])).toEqual(ofOpening);
    expect(Object.fromEntries(ecs.tasks().at(-1)?.tags ?? [])).toEqual({
      ...ofOpening,
      'hourglass:request': expect.stringMatching(/^[\w.:/-]+$/),
    });
    const alive = ec2.lifetimes().filter(({ deletedAtMs }) => deletedAtMs === undefined);
    const own = (tags: Readonly<Record<string, string>>) =>
      Object.entries(tags).filter(([key]) => !key.startsWith('aws:'));
    const tagsOf = (wanted: string) =>
      alive.filter(({ type }) => type === wanted).map(({ tags }) => Object.fromEntries(own(tags)));
    expect(tagsOf('Interface')).toEqual(Array.from({ length: 4 }, () => ofOpening));
    expect(tagsOf('Gateway')).toEqual(Array.from({ length: 2 }, () => ({ 'hourglass:lease': 'test' })));
    await world.pass(90);
  }
});
