import { advance, type StackObservation, type Task } from '@hourglass/lease';
import type { DeadTask, SeenStack } from '@hourglass/shared';
import { createMemoryEffects } from '@hourglass/shared/testing';
import { describe, expect, it } from 'vitest';
import { type ProvisionEffects, provision } from './provision.ts';

const STACK = 'arn:aws:cloudformation:ap-northeast-1:1:stack/endpoints/1';
const task: Task = { kind: 'mirror', repository: 'app', sourceUrl: 'https://git.test/app', destination: 'd' };

const denied = Object.assign(new Error('no identity-based policy allows the codecommit:CreateRepository action'), {
  name: 'AccessDeniedException',
  $metadata: { httpStatusCode: 400, attempts: 1 },
});

async function start(settings = {}) {
  const memory = createMemoryEffects(settings);
  const world = {
    created: [] as number[],
    refused: undefined as string | undefined,
    explained: '',
    dead: [] as DeadTask[],
    overdue: [] as string[],
    denied: new Set<string>(),
  };
  let seen: SeenStack | 'foreign' = { observation: { status: 'absent' }, reason: '' };
  const effects: ProvisionEffects = {
    ...memory,
    stackName: 'endpoints',
    describeStack: async () => seen,
    explainFailure: async () => world.explained,
    createStack: async (fence) => {
      world.created.push(fence);
      return world.refused === undefined ? {} : { refused: world.refused };
    },
    sendDeadLetters: async (message) => void world.dead.push(message),
    reportOverdue: (message) => void world.overdue.push(message),
    repositories: {
      ensure: async (destination) => {
        if (world.denied.has(destination)) throw denied;
      },
    },
  };
  const see = (status: Exclude<StackObservation['status'], 'absent'>, fence = 1) => {
    const observation = { status, stackId: STACK, fence, createdAtMs: 60_000, deletedAtMs: null };
    seen = { observation, reason: status };
  };
  const foreign = () => {
    seen = 'foreign';
  };
  const lease = async () => (await memory.store.load('main', { all: true })).lease;
  const ask = (requestId: string, repository = 'app') =>
    advance(memory, 'main', { all: true }, (_, nowMs) => [
      {
        type: 'requestAccepted',
        request: { requestId, task: { ...task, repository }, acceptedAtMs: nowMs, startByMs: nowMs },
      },
    ]);
  const fire = async () => provision({ type: 'timer', timerId: (await lease()).timer?.id ?? '' }, effects);
  await ask('r1');
  return { memory, effects, world, see, foreign, lease, ask, fire };
}

describe('rule 3: one CreateStack per fence, ever', () => {
  it('is made by one of two provisioners that are called at once', async () => {
    const { effects, world } = await start();
    await Promise.all([provision({ type: 'needed' }, effects), provision({ type: 'needed' }, effects)]);
    await provision({ type: 'needed' }, effects);
    expect(world.created).toEqual([1]);
  });

  it('is not repeated by its timer when the answer was lost: nothing there burns the fence', async () => {
    const { memory, effects, world, lease, fire } = await start();
    effects.createStack = async (fence) => {
      world.created.push(fence);
      throw new Error('timeout');
    };
    await expect(provision({ type: 'needed' }, effects)).rejects.toThrow('timeout');
    memory.at(6);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'closed', failures: 1 });
    expect(world.created).toEqual([1]);
    memory.at(10);
    await expect(fire()).rejects.toThrow('timeout');
    expect(world.created).toEqual([1, 2]);
  });

  it('is looked at once, however often others write before the lease knows it', async () => {
    const { memory, effects, see, lease, ask } = await start();
    await provision({ type: 'needed' }, effects);
    see('complete');
    let looks = 0;
    let others = 4;
    const { describeStack } = effects;
    const provisioned = provision(
      { type: 'stackChanged', stackId: STACK },
      {
        ...effects,
        describeStack: (stack) => {
          looks += 1;
          return describeStack(stack);
        },
        store: {
          ...memory.store,
          load: memory.store.load.bind(memory.store),
          commit: async (...write) => {
            if (others-- > 0) await ask(`other-${others}`, `other-${others}`);
            await memory.store.commit(...write);
          },
        },
      },
    );
    await provisioned;
    expect(await lease()).toMatchObject({ phase: 'open', pending: 5 });
    expect(looks).toBe(1);
  });
});

describe('what AWS refuses to have mirrored', () => {
  it('buys no hour: it is dead with the reason, and no stack is asked for', async () => {
    const { effects, world, lease } = await start();
    world.denied.add('d');
    await provision({ type: 'needed' }, effects);
    expect(world.created).toEqual([]);
    expect(world.dead).toMatchObject([
      { taskKey: 'mirror:app', attempts: 0, message: expect.stringMatching(/Access/) },
    ]);
    expect(await lease()).toMatchObject({ phase: 'closed', pending: 0, dead: 0, failures: 0, timer: null });
  });

  it('leaves the hour to the others', async () => {
    const { effects, world, lease } = await start();
    await advance(effects, 'main', { all: true }, (_, nowMs) => {
      const other: Task = { ...task, repository: 'web', destination: 'refused' };
      const request = { requestId: 'r2', task: other, acceptedAtMs: nowMs, startByMs: nowMs };
      return [{ type: 'requestAccepted', request }];
    });
    world.denied.add('refused');
    await provision({ type: 'needed' }, effects);
    expect(world.created).toEqual([1]);
    expect(world.dead).toMatchObject([{ taskKey: 'mirror:web' }]);
    expect(await lease()).toMatchObject({ phase: 'opening', pending: 1, dead: 0 });
  });
});

describe('the stack', () => {
  it('opens the lease when it is created, by its own creation time', async () => {
    const { effects, see, lease, memory } = await start();
    await provision({ type: 'needed' }, effects);
    see('complete');
    memory.at(3);
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'open', openedAtMs: 60_000, stackId: STACK });
    expect(memory.events.at(-1)).toMatchObject({ contract: { name: 'EndpointsReady' } });
  });

  it('opens the lease at the timer when the event was lost', async () => {
    const { effects, see, lease, memory, fire } = await start();
    await provision({ type: 'needed' }, effects);
    see('complete');
    memory.at(6);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'open' });
  });

  it('that failed is handed to the teardown', async () => {
    const { effects, see, lease, memory } = await start();
    await provision({ type: 'needed' }, effects);
    see('failed');
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'closing', failures: 1 });
    expect(memory.events.at(-1)).toMatchObject({ contract: { name: 'EndpointsFailed' } });
  });

  it('that is refused at once closes the lease, which tries again after the backoff', async () => {
    const { effects, world, lease, memory, fire } = await start();
    world.refused = 'ValidationError: no such parameter';
    await provision({ type: 'needed' }, effects);
    expect(await lease()).toMatchObject({ phase: 'closed', failures: 1 });
    memory.at(5);
    await fire();
    expect(world.created).toEqual([1, 2]);
  });

  it.each([
    ['is wanted', 1, false],
    ['is being closed', 0, true],
  ])('that is gone while it %s makes %i warnings', async (_, warnings, closing) => {
    const { effects, see, memory, lease } = await start();
    await provision({ type: 'needed' }, effects);
    if (closing) {
      see('failed');
      await provision({ type: 'stackChanged', stackId: STACK }, effects);
      expect(await lease()).toMatchObject({ phase: 'closing' });
    }
    const before = memory.warnings.length;
    see('deleted');
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(memory.warnings.length - before).toBe(warnings);
  });

  it('of somebody else under the same name is never touched, and said so', async () => {
    const { effects, foreign, lease, memory, fire } = await start();
    await provision({ type: 'needed' }, effects);
    foreign();
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'opening' });
    memory.at(6);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'closed', failures: 1, stackId: null });
    expect(memory.warnings.join()).toMatch(/not this lease's/);
  });
});

describe("AWS's own words for a creation that failed", () => {
  const denied =
    'AccessDenied: not authorized to perform: cloudformation:CreateStack with an explicit deny in a service control policy';

  it('are in the event, in the ended lease, and in the message of what is given up', async () => {
    const { effects, world, memory, fire } = await start({ maxCreateFailures: 1 });
    world.refused = denied;
    await provision({ type: 'needed' }, effects);
    expect(memory.events.at(-1)).toMatchObject({ detail: { reason: expect.stringContaining(denied) } });
    memory.at(5);
    await fire();
    expect(world.dead).toMatchObject([
      { message: expect.stringMatching(/1 times in a row\. The last time: .*service control policy/) },
    ]);
  });

  it.each(['event', 'timer'])("of a stack are its resources', seen by an %s", async (by) => {
    const { effects, world, see, lease, memory, fire } = await start();
    await provision({ type: 'needed' }, effects);
    see('failed');
    world.explained = 'EcrApi: private-dns-enabled cannot be set because there is already a conflicting DNS domain';
    memory.at(6);
    if (by === 'event') await provision({ type: 'stackChanged', stackId: STACK }, effects);
    else await fire();
    expect(await lease()).toMatchObject({ phase: 'closing', creationError: world.explained });
    expect(memory.events.at(-1)).toMatchObject({ detail: { reason: world.explained } });
  });

  it("are the stack's own where its events cannot be read", async () => {
    const { effects, see, lease } = await start();
    await provision({ type: 'needed' }, effects);
    see('failed');
    effects.explainFailure = async () => {
      throw new Error('throttled');
    };
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ creationError: 'failed' });
  });

  it('are forgotten when the endpoints are up', async () => {
    const { effects, world, see, lease, memory, fire } = await start();
    world.refused = denied;
    await provision({ type: 'needed' }, effects);
    world.refused = undefined;
    memory.at(5);
    await fire();
    see('complete', 2);
    await provision({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'open', creationError: null });
  });
});

describe('too many failed creations', () => {
  it('make all pending work dead, each with its message in the failed-mirrors queue', async () => {
    const { effects, world, lease, memory, ask, fire } = await start({ maxCreateFailures: 1 });
    for (let n = 0; n < 60; n += 1) await ask(`more-${n}`, `repository-${n}`);
    world.refused = 'LimitExceeded';
    await provision({ type: 'needed' }, effects);
    expect(world.dead).toEqual([]);
    memory.at(5);
    await fire();
    expect(world.dead).toHaveLength(61);
    expect(new Set(world.dead.map(({ taskKey }) => taskKey)).size).toBe(61);
    expect(await lease()).toMatchObject({ phase: 'closed', pending: 0, dead: 0, failures: 0, timer: null });
  });
});

describe('creations for which AWS had no time', () => {
  const throttled =
    'EcrApi: Resource handler returned message: "Rate exceeded" (RequestToken: 1, HandlerErrorCode: Throttling)';

  it('are no attempts: nobody is given up, the pauses grow to an hour, and an alarm goes off', async () => {
    const { effects, world, lease, memory, fire, see } = await start({ maxCreateFailures: 2 });
    await provision({ type: 'needed' }, effects);
    let minute = 0;
    const pauses: number[] = [];
    for (let fence = 1; fence <= 8; fence += 1) {
      see('failed', fence);
      world.explained = throttled;
      await provision({ type: 'stackChanged', stackId: STACK }, effects);
      const { creationError, failures, passing } = await lease();
      expect({ creationError, failures, passing }).toEqual({
        creationError: throttled,
        failures: fence,
        passing: fence,
      });
      expect(world.overdue).toHaveLength(Math.max(0, fence - 1));
      await advance(memory, 'main', { all: true }, (_, nowMs) => [
        { type: 'stackDeleted', fence, stackId: STACK, createdAtMs: 60_000, deletedAtMs: nowMs },
      ]);
      const { notBeforeMs } = await lease();
      pauses.push(Math.round(notBeforeMs / 60_000) - minute);
      minute = Math.ceil(notBeforeMs / 60_000) + 1;
      memory.at(minute);
      await fire();
    }
    expect(world.dead).toEqual([]);
    expect(pauses.at(-1)).toBe(60);
    expect(world.overdue[0]).toContain('2 times in a row, and are asked for again: EcrApi:');
  });

  it('and calls that nobody answered are none either', async () => {
    const { effects, world, lease, memory, fire } = await start({ maxCreateFailures: 1 });
    effects.createStack = async (fence) => {
      world.created.push(fence);
      throw new Error('Rate exceeded');
    };
    await expect(provision({ type: 'needed' }, effects)).rejects.toThrow('Rate exceeded');
    for (let n = 1; n <= 4; n += 1) {
      memory.at(n * 130);
      await fire().catch(() => {});
    }
    expect(world.dead).toEqual([]);
    expect(world.created.length).toBeGreaterThan(1);
    expect((await lease()).pending).toBe(1);
  });
});
