/** The invariants of ARCHITECTURE.md, each in the whole deployment: real templates, real bundles, real SDK clients, virtual time. */

import { AwsError } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS, paidHours } from '@hourglass/lease';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy();
});
afterEach(() => world.close());

const unhandled = () => ['undelivered', 'unhandled', 'intake-dead'].flatMap((queue) => world.messages(queue));

/** Every endpoint's life, as the bill sees it. */
function lifetimes() {
  return world.cloud.parts.ec2.lifetimes().filter(({ tags }) => 'hourglass:fence' in tags);
}

function aliveEndpoints(): number {
  return lifetimes().filter(({ deletedAtMs }) => deletedAtMs === undefined).length;
}

describe('the main job', () => {
  it('opens for a request, mirrors, and is torn down before the paid hour ends', async () => {
    await world.requestMirror('app');
    await world.pass(5);
    expect(await world.lease()).toMatchObject({ phase: 'open', fence: 1, running: 0, pending: 0 });
    expect(world.runs).toMatchObject([{ key: 'mirror:app' }]);
    await world.pass(60);
    expect(await world.lease()).toMatchObject({ phase: 'closed', timer: null });
    const [lease] = await world.ended();
    expect(paidHours('anchored', lease?.openedAtMs ?? 0, lease?.closedAtMs ?? 0)).toBe(1);
    expect(aliveEndpoints()).toBe(0);
    expect(unhandled()).toEqual([]);
    expect(world.cloud.schedules.list('hourglass-test', undefined)).toEqual([]);
  });

  it('serves further requests in the open hour for nothing', async () => {
    await world.requestMirror('app');
    await world.pass(10);
    for (const repository of ['app', 'web', 'docs']) await world.requestMirror(repository);
    await world.pass(60);
    expect(world.runs).toHaveLength(4);
    expect(await world.ended()).toHaveLength(1);
    expect(lifetimes()).toHaveLength(4);
  });

  it('runs a named command by the command line of the deployment', async () => {
    await world.put('TaskRequested', { version: 1, name: 'git-version' });
    await world.pass(5);
    expect(world.runs).toMatchObject([{ key: 'command:git-version' }]);
  });
});

describe('invariant 1: no accepted request is lost', () => {
  it('a task that fails for good rests in the failed-mirrors queue after its last attempt, all in one paid hour', async () => {
    world.behave.exitCode = 1;
    await world.requestMirror('app');
    await world.pass(70);
    expect(world.runs).toHaveLength(3);
    expect(new Set(world.runs.map(({ token }) => token)).size).toBe(3);
    expect(world.messages('failed-mirrors').map((body) => JSON.parse(body))).toMatchObject([
      { taskKey: 'mirror:app', attempts: 3, task: { repository: 'app' } },
    ]);
    expect(await world.ended()).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', dead: 0, timer: null });
  });

  it('a failed task comes back by itself when the lease next opens anyway', async () => {
    world.behave.exitCode = 1;
    await world.requestMirror('app');
    await world.pass(70);
    world.behave.exitCode = 0;
    await world.requestMirror('web');
    await world.pass(70);
    expect(world.runs.map(({ key }) => key)).toEqual([
      'mirror:app',
      'mirror:app',
      'mirror:app',
      'mirror:web',
      'mirror:app',
    ]);
    expect(world.messages('failed-mirrors')).toEqual([]);
    expect(world.events('TaskSucceeded')).toHaveLength(2);
    expect(await world.ended()).toHaveLength(2);
  });

  it('endpoints that can never be made end in the failed-mirrors queue, not in silence', async () => {
    const cloudFormation = world.cloud.parts.cloudformation;
    cloudFormation.failNextCreate('no capacity');
    world.cloud.onTrace((trace) => {
      if (trace.kind === 'stack' && trace.status === 'CREATE_IN_PROGRESS') cloudFormation.failNextCreate('no capacity');
    });
    await world.requestMirror('app');
    await world.pass(120);
    expect(world.messages('failed-mirrors')).toHaveLength(1);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, dead: 0, timer: null });
    expect(aliveEndpoints()).toBe(0);
  });
});

describe('invariant 2: endpoints are never deleted while a task runs', () => {
  it('a task that runs over the hour extends it, and everything goes once it has ended', async () => {
    world.behave.durationMs = 58 * MINUTE_MS;
    await world.requestMirror('app');
    await world.pass(200);
    const [run] = world.runs;
    for (const { deletingAtMs, deletedAtMs } of lifetimes() as { deletingAtMs?: number; deletedAtMs?: number }[]) {
      expect(deletingAtMs ?? deletedAtMs).toBeGreaterThan(run?.endMs ?? Number.POSITIVE_INFINITY);
    }
    const [lease] = await world.ended();
    expect(paidHours('anchored', lease?.openedAtMs ?? 0, lease?.closedAtMs ?? 0)).toBe(2);
  });

  it('no task starts before the endpoints are there', async () => {
    await world.requestMirror('app');
    await world.pass(2);
    expect(world.runs).toEqual([]);
    await world.pass(3);
    expect(world.runs).toHaveLength(1);
  });
});

describe('invariant 3: never two stacks for one lease', () => {
  it('however many requests come at once', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, n) => world.requestMirror(`app-${n}`)));
    await world.pass(70);
    expect(world.cloud.parts.cloudformation.stacks().filter(({ name }) => name.endsWith('-endpoints'))).toHaveLength(1);
    expect(world.runs).toHaveLength(40);
  });

  it('however often events are delivered again', async () => {
    await world.requestMirror('app');
    await world.pass(1);
    for (const detailType of ['EndpointsNeeded', 'EndpointsReady']) {
      for (const detail of world.events(detailType)) {
        await world.cloud.core.call(
          'events',
          'PutEvents',
          {
            Entries: [1, 2, 3].map(() => ({
              EventBusName: 'hourglass-test',
              Source: 'hourglass',
              DetailType: detailType,
              Detail: JSON.stringify(detail),
            })),
          },
          world.cloud.core.assumeRole(provisionerRole(), 'lambda.amazonaws.com'),
        );
      }
    }
    await world.pass(5);
    expect(world.cloud.parts.cloudformation.stacks()).toHaveLength(1);
    expect(world.runs).toHaveLength(1);
  });
});

function provisionerRole(): string {
  const provisioner = world.cloud.functions
    .all()
    .find(({ settings }) => settings.name === 'hourglass-test-provisioner');
  return provisioner?.settings.roleArn ?? '';
}

describe('invariant 4: no leak', () => {
  it('a deletion that fails is swept by tag, and tried again until nothing is left', async () => {
    await world.requestMirror('app');
    await world.pass(10);
    world.cloud.parts.cloudformation.failNextDelete('the network interface is in use');
    await world.pass(70);
    expect(aliveEndpoints()).toBe(0);
    expect(await world.lease()).toMatchObject({ phase: 'closed', timer: null });
  });

  it('a creation that fails leaves nothing, is billed, and the next one serves the request', async () => {
    world.cloud.parts.cloudformation.failNextCreate('no capacity');
    await world.requestMirror('app');
    await world.pass(20);
    expect(world.runs).toHaveLength(1);
    await world.pass(70);
    const ended = await world.ended();
    expect(ended.map(({ failed }) => failed)).toEqual([true, false]);
    expect(
      ended.map(({ openedAtMs, closedAtMs }) => paidHours('anchored', openedAtMs ?? closedAtMs, closedAtMs)),
    ).toEqual([1, 1]);
    expect(aliveEndpoints()).toBe(0);
  });
});

describe('invariant 5: the timer alone is enough', () => {
  it('if every event but the scheduler’s is lost, the lease still gets there', async () => {
    await world.requestMirror('app');
    // The request itself is in the queue; from now on no event reaches any service.
    world.cloud.setFaults(({ service, operation }) =>
      service === 'events' && operation === 'PutEvents'
        ? { refuse: new AwsError('InternalException', 'lost', { httpStatus: 500 }) }
        : undefined,
    );
    world.cloud.parts.events.emitServiceEvent = () => {};
    await world.pass(240);
    expect(world.runs.map(({ key }) => key)).toEqual(['mirror:app']);
    expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, timer: null });
    expect(aliveEndpoints()).toBe(0);
  });
});

describe('invariant 5: a timer fires until it is answered', () => {
  /** Until virtual minute `until`, `service` refuses the functions whatever they ask. */
  function takeAway(service: string, until: number) {
    const refuse = new AwsError('InternalException', 'away', { httpStatus: 500 });
    world.cloud.setFaults((call) =>
      call.service === service && call.principal.kind === 'role' && world.minute() < until ? { refuse } : undefined,
    );
  }

  it.each(['dynamodb', 'scheduler', 'lambda'])(
    'the end of the hour is found though %s was away for an hour, far longer than Lambda tries again',
    async (service) => {
      await world.requestMirror('app');
      await world.pass(50);
      takeAway(service, 110);
      await world.pass(130);
      expect(await world.lease()).toMatchObject({ phase: 'closed', timer: null });
      expect(aliveEndpoints()).toBe(0);
      await world.pass(20);
      expect(world.cloud.schedules.list('hourglass-test', undefined)).toEqual([]);
    },
  );

  it('one that could not be deleted is silenced when it fires', async () => {
    const refuse = new AwsError('InternalServerException', 'away', { httpStatus: 500 });
    world.cloud.setFaults(({ operation }) =>
      operation === 'DeleteSchedule' && world.minute() < 5 ? { refuse } : undefined,
    );
    await world.requestMirror('app');
    await world.pass(80);
    expect(await world.lease()).toMatchObject({ phase: 'closed', timer: null });
    expect(world.cloud.schedules.list('hourglass-test', undefined)).toEqual([]);
  });
});

describe('invariant 6: a push is in the mirror after the first successful run that starts after it', () => {
  it('a push during a run is mirrored by a run that starts after it', async () => {
    world.behave.durationMs = 5 * MINUTE_MS;
    await world.requestMirror('app');
    await world.pass(5);
    const pushedMs = world.cloud.clock.nowMs();
    await world.requestMirror('app');
    await world.pass(20);
    expect(world.runs).toHaveLength(2);
    expect(world.runs[0]?.startMs).toBeLessThan(pushedMs);
    expect(world.runs[1]?.startMs).toBeGreaterThan(pushedMs);
  });
});

describe('invariant 7: paid hours are counted as the bill counts them', () => {
  it('from the life of each endpoint, a slow deletion included', async () => {
    world.cloud.parts.cloudformation.timings.deleteMs = 9 * MINUTE_MS;
    await world.requestMirror('app');
    await world.pass(90);
    const recorded = (await world.ended()).map(({ openedAtMs, closedAtMs }) =>
      paidHours('anchored', openedAtMs ?? closedAtMs, closedAtMs),
    );
    const billed = lifetimes().map(({ createdAtMs, deletedAtMs }) =>
      Math.ceil(((deletedAtMs ?? 0) - createdAtMs) / HOUR_MS),
    );
    expect(recorded).toEqual([2]);
    // The stack is older than its endpoints, so the record is never below the bill.
    for (const hours of billed) expect(hours).toBeLessThanOrEqual(2);
  });
});
