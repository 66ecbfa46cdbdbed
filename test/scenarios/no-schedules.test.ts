/** No schedule can be made for half a day: what is open is used and let go of within its hour all the same, by the timer that is there. */
import { AwsError } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
afterEach(() => world.close());

const words =
  'User: x is not authorized to perform: scheduler:CreateSchedule on resource: * with an explicit deny in a service control policy';
const standing = () =>
  world.cloud.parts.ec2.lifetimes().filter(({ type, deletedAtMs }) => type === 'Interface' && !deletedAtMs);

const denied = new AwsError('AccessDeniedException', words, { httpStatus: 403 });

function deny(hours: number, refuse = denied): () => number {
  const untilMs = world.cloud.clock.nowMs() + hours * HOUR_MS;
  let refused = 0;
  world.cloud.setFaults(({ operation }) => {
    if (operation !== 'CreateSchedule' || world.cloud.clock.nowMs() >= untilMs) return undefined;
    refused += 1;
    return { refuse };
  });
  return () => refused;
}

const throttled = new AwsError('ThrottlingException', 'Rate exceeded', { httpStatus: 429 });
const failing = new AwsError('InternalServerException', 'Unexpected error encountered.', { httpStatus: 500 });

describe('CreateSchedule for twelve hours', () => {
  it.each([
    ['denied before the stack is asked for', 0.02, denied],
    ['denied while the endpoints are made', 1, denied],
    ['denied while a task runs', 4, denied],
    ['denied while the endpoints are idle', 20, denied],
    ['denied when their hour is nearly over', 52, denied],
    ['throttled before the stack is asked for', 0.02, throttled],
    ['failing while a task runs', 4, failing],
    ['throttled while the endpoints are idle', 20, throttled],
  ])('%s: the mirror is made, and no endpoint outlives its paid hour', async (_, minute, refuse) => {
    world = await deploy();
    world.behave.durationMs = 5 * MINUTE_MS;
    await world.requestMirror('app');
    await world.pass(minute);
    const refused = deny(12, refuse);
    await world.pass(62 - minute);
    expect(refused()).toBeGreaterThan(0);
    expect(standing()).toEqual([]);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    const warned = world.cloud.parts.logs.store
      .groups()
      .flatMap(({ events }) => events)
      .filter(({ message }) => message.includes('"level":"WARN"') && message.includes(refuse.message));
    expect(warned.length).toBeGreaterThan(0);
    await world.pass(12 * 60);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, timer: null });
    expect(world.cloud.schedules.list('hourglass-test', undefined)).toEqual([]);
    await world.requestMirror('web');
    await world.pass(75);
    expect(world.events('TaskSucceeded')).toHaveLength(2);
    expect(standing()).toEqual([]);
  });

  it('denied with nothing open buys no hour, and the request is served when it is over', async () => {
    world = await deploy();
    deny(12);
    await world.requestMirror('app');
    await world.pass(11 * 60);
    expect(standing()).toEqual([]);
    expect(world.cloud.parts.cloudformation.stacks()).toEqual([]);
    await world.pass(2 * 60);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
  });
});
