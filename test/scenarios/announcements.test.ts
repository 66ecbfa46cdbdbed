/** What a handler has written and not announced, since it died between the two, is announced all the same: by the next look. */
import { MINUTE_MS } from '@hourglass/lease';
import { afterEach, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

/** The first handler that is about to put such an event dies, and so does Lambda's retry of it, as often as `deaths`. */
function dieBefore(detailType: string, deaths = 1): () => number {
  let died = 0;
  world.cloud.setFaults(({ operation, input, invoker }) => {
    if (operation !== 'PutEvents' || !invoker || died >= deaths) return undefined;
    const entries = input.Entries as { DetailType: string }[];
    if (!entries.some((entry) => entry.DetailType === detailType)) return undefined;
    died += 1;
    return { die: 'before' };
  });
  return () => died;
}

it.each([
  ['RequestAccepted', 0],
  ['EndpointsReady', 0],
  ['TaskStarted', 0],
  ['TaskSucceeded', 0],
  ['TaskFailed', 1],
])('%s is heard, though the handler died before it put it', async (name, exitCode) => {
  world = await deploy();
  world.behave.exitCode = exitCode;
  const died = dieBefore(name);
  await world.requestMirror('app');
  await world.pass(75);
  expect(died()).toBe(1);
  const attempts = world.behave.exitCode === 0 ? 1 : 3;
  expect(world.events(name).length).toBeGreaterThanOrEqual(name === 'TaskFailed' ? attempts : 1);
  const keys = world.events(name).map(({ token, requestId, fence }) => `${token ?? requestId ?? fence}`);
  expect(new Set(keys).size).toBe(name === 'TaskFailed' ? attempts : 1);
});

it('EndpointsFailed is heard, of a creation that is refused at once and of one that fails', async () => {
  world = await deploy();
  world.cloud.parts.cloudformation.failNextCreate('the endpoint could not be made');
  const died = dieBefore('EndpointsFailed');
  await world.requestMirror('app');
  await world.pass(120);
  expect(died()).toBe(1);
  expect(world.events('EndpointsFailed')[0]).toMatchObject({ reason: expect.stringContaining('could not be made') });
});

it('LeasePaused is heard though the lease is closed and idle, with no timer that could look', async () => {
  world = await deploy();
  const died = dieBefore('LeasePaused');
  await world.cloud.core.call(
    'events',
    'PutEvents',
    {
      Entries: [
        {
          EventBusName: 'hourglass-test',
          Source: 'hourglass.operator',
          DetailType: 'PauseRequested',
          Detail: '{"version":1}',
        },
      ],
    },
    { kind: 'root', arn: 'root' },
  );
  await world.pass(30);
  expect(died()).toBe(1);
  expect(world.events('LeasePaused').length).toBeGreaterThan(0);
});

it('the end of a direct mirror is heard, though the lease is closed by then, and every handler dies for longer than Lambda tries', async () => {
  world = await deploy({}, inject('assemblyDirect'));
  const { clock } = world.cloud;
  const untilMs = clock.nowMs() + 9 * MINUTE_MS;
  let died = 0;
  world.cloud.setFaults(({ operation, input, invoker }) => {
    if (operation !== 'PutEvents' || !invoker || clock.nowMs() > untilMs) return undefined;
    if (!JSON.stringify(input.Entries).includes('"Task')) return undefined;
    died += 1;
    return { die: 'before' };
  });
  await world.requestMirror('app');
  await world.pass(40);
  expect(died).toBeGreaterThan(3);
  expect([...world.events('TaskSucceeded'), ...world.events('TaskFailed')].length).toBeGreaterThan(0);
});
