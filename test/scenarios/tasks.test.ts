/** Tasks that go wrong, in the whole deployment. */
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy();
});
afterEach(() => world.close());

describe('a task', () => {
  it('past its deadline is stopped by the timer, tried again, and reported in the end; the endpoints stay until then', async () => {
    world.behave.durationMs = 9 * HOUR_MS;
    await world.requestMirror('app');
    await world.pass(75);
    const [first] = world.cloud.parts.ecs.tasks();
    expect(first).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: expect.stringMatching(/deadline/),
    });
    const failures = world.events('TaskFailed');
    expect(failures).toMatchObject([{ next: 'retry', message: expect.stringMatching(/deadline/) }]);
    await world.pass(20 * 60);
    expect(world.messages('failed-mirrors')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0, timer: null });
  });

  it('that could not start because an endpoint was not yet usable starts a little later, without counting', async () => {
    world.cloud.parts.ecs.failNextStart('ResourceInitializationError: unable to pull registry auth');
    await world.requestMirror('app');
    await world.pass(10);
    expect(world.events('TaskFailed')).toMatchObject([{ next: 'retry', attempts: 0 }]);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'open', pending: 0, running: 0 });
  });

  it('for which Fargate has no capacity waits for it inside the lease', async () => {
    world.cloud.parts.ecs.failNextRun('RESOURCE:FARGATE', 2);
    await world.requestMirror('app');
    await world.pass(15);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(world.runs).toHaveLength(1);
  });

  it('whose end nobody announced is found at the timer before ECS forgets it', async () => {
    const { emitServiceEvent } = world.cloud.parts.events;
    world.cloud.parts.events.emitServiceEvent = (event) => {
      if (event.source !== 'aws.ecs') emitServiceEvent(event);
    };
    await world.requestMirror('app');
    await world.pass(40);
    expect(await world.lease()).toMatchObject({ running: 1 });
    await world.pass(30);
    expect(world.events('TaskSucceeded')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', running: 0 });
    expect(await world.ended()).toHaveLength(1);
  });

  it('runs beside no more than the deployment allows, and carries what would have to wait for one of its own', async () => {
    for (let n = 0; n < 25; n += 1) await world.requestMirror(`app-${n}`);
    world.behave.durationMs = 2 * MINUTE_MS;
    await world.pass(30);
    expect(new Set(world.runs.map(({ key }) => key)).size).toBe(25);
    expect(world.events('TaskSucceeded')).toHaveLength(25);
    const busiest = world.runs.map(
      ({ startMs }) => world.runs.filter((other) => other.startMs <= startMs && startMs < other.endMs).length,
    );
    expect(Math.max(...busiest)).toBe(10);
    const sizes = [...Map.groupBy(world.runs, ({ task }) => task).values()].map(({ length }) => length);
    expect(sizes.sort()).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3]);
  });

  it('is looked for when a repository begins to wait, not at each further request for it', async () => {
    world.behave.durationMs = 25 * MINUTE_MS;
    await world.requestMirror('first');
    await world.pass(35);
    const looks = () =>
      world.traces.filter((trace) => trace.kind === 'invocation-start' && trace.functionName.endsWith('-runner'));
    const before = looks().length;
    // Each is taken by itself, while the first of them waits for the next opening.
    for (let n = 0; n < 12; n += 1) {
      await world.requestMirror('app', { maxDelaySeconds: 3 * 3600 });
      await world.pass(0.1);
    }
    const taken = world.events('RequestAccepted').filter(({ taskKey }) => taskKey === 'mirror:app');
    expect(taken.map(({ as }) => as)).toEqual(['pending', ...Array(11).fill('merged')]);
    expect(looks().slice(before)).toHaveLength(1);
  });

  it('that would have waited for the next opening starts at once when a request comes that cannot wait', async () => {
    world.behave.durationMs = 25 * MINUTE_MS;
    await world.requestMirror('first');
    await world.pass(35);
    await world.requestMirror('app', { maxDelaySeconds: 3 * 3600 });
    await world.pass(1);
    expect(world.cloud.parts.ecs.tasks()).toHaveLength(1);
    await world.requestMirror('app', { maxDelaySeconds: 0 });
    await world.pass(0.1);
    expect(world.cloud.parts.ecs.tasks()).toHaveLength(2);
  });

  it('that carries several fails for each of them, and each is tried again and reported', async () => {
    for (let n = 0; n < 20; n += 1) await world.requestMirror(`app-${n}`);
    world.behave.exitCode = 1;
    await world.pass(70);
    expect(world.messages('failed-mirrors')).toHaveLength(20);
    expect(world.runs).toHaveLength(60);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, dead: 0 });
  });
});
