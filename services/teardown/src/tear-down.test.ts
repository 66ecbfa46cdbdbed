import { advance, type Command, MINUTE_MS, TimerRefused } from '@hourglass/lease';
import type { SeenStack } from '@hourglass/shared';
import { createMemoryEffects } from '@hourglass/shared/testing';
import { describe, expect, it } from 'vitest';
import { type TearDownEffects, tearDown } from './tear-down.ts';

const STACK = 'arn:aws:cloudformation:ap-northeast-1:1:stack/endpoints/1';

async function start() {
  const memory = createMemoryEffects();
  const world = {
    deletions: [] as string[],
    tagged: 0,
    swept: 0,
    sweptFences: [] as number[],
    overdue: [] as number[],
    paidHours: [] as number[],
    refused: undefined as string | undefined,
  };
  let seen: SeenStack | 'foreign' = { observation: { status: 'absent' }, reason: '' };
  const effects: TearDownEffects = {
    ...memory,
    describeStack: async () => seen,
    note: (_, numbers) => void world.paidHours.push(...(numbers ? [numbers.paidHours] : [])),
    reportOverdue: (_, minutes) => void world.overdue.push(minutes),
    deleteStack: async (stackId) => {
      world.deletions.push(stackId);
      return world.refused === undefined ? {} : { refused: world.refused };
    },
    sweepEndpoints: async (fence) => {
      world.sweptFences.push(fence);
      const left = world.tagged;
      world.swept += left;
      world.tagged = 0;
      return left;
    },
  };
  const see = (status: 'complete' | 'deleting' | 'deleteFailed' | 'deleted') => {
    const observation = { status, stackId: STACK, fence: 1, createdAtMs: 0, deletedAtMs: memory.nowMs() };
    seen = { observation, reason: 'a reason' };
  };
  const lease = async () => (await memory.store.load('main', { all: true })).lease;
  const step = (...commands: Command[]) => advance(memory, 'main', { all: true }, () => commands);
  const fire = async () => tearDown({ type: 'timer', timerId: (await lease()).timer?.id ?? '' }, effects);
  const task = { kind: 'command' as const, name: 'x' };
  await step({ type: 'requestAccepted', request: { requestId: 'r', task, acceptedAtMs: 0, startByMs: 0 } });
  await step({ type: 'creationAsked', fence: 1 });
  await step({ type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 0 });
  const work = { ...task, argv: ['x'], timeLimitSeconds: 1 };
  await step({ type: 'taskClaimed', taskKey: 'command:x', token: 't', parameters: null, work });
  const finish = () =>
    step({ type: 'taskFinished', taskKey: 'command:x', token: 't', outcome: { status: 'succeeded' } });
  return { memory, effects, world, see, step, lease, fire, finish };
}

describe("the paid hour's end", () => {
  it('deletes the stack of an idle lease by its id', async () => {
    const { memory, fire, world, lease, finish } = await start();
    await finish();
    memory.at(53);
    await fire();
    expect(world.deletions).toEqual([STACK]);
    expect(await lease()).toMatchObject({ phase: 'closing' });
  });

  it('is reported if the teardown comes so late that an idle lease pays the next one', async () => {
    const { memory, fire, world, lease, finish } = await start();
    await finish();
    memory.at(62);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'open', paidUntilMs: 120 * MINUTE_MS });
    expect(world.overdue).toEqual([0]);
  });

  it('deletes nothing while a task runs', async () => {
    const { memory, effects, world, lease } = await start();
    memory.at(53);
    await tearDown({ type: 'timer', timerId: (await lease()).timer?.id ?? '' }, effects);
    await tearDown({ type: 'released' }, effects);
    expect(world.deletions).toEqual([]);
    expect(await lease()).toMatchObject({ phase: 'open' });
  });
});

describe('a deletion', () => {
  async function closing() {
    const started = await start();
    await started.finish();
    started.memory.at(53);
    await started.fire();
    return started;
  }

  it('is complete when the stack is gone and nothing tagged is left', async () => {
    const { effects, see, lease, memory, world } = await closing();
    memory.at(55);
    see('deleted');
    await tearDown({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'closed', timer: null });
    expect(world.paidHours).toEqual([1]);
  });

  it('that was seen is no word of an opening that began meanwhile, though the same timer stands in for all', async () => {
    const { effects, see, step, lease, memory, fire } = await closing();
    memory.timers.create = async () => {
      throw new TimerRefused('ThrottlingException: Rate exceeded');
    };
    memory.at(56);
    const task = { kind: 'command' as const, name: 'x' };
    await step({ type: 'requestAccepted', request: { requestId: 's', task, acceptedAtMs: 0, startByMs: 0 } });
    see('deleted');
    const { describeStack } = effects;
    effects.describeStack = async (stack) => {
      const seen = await describeStack(stack);
      await step({ type: 'stackDeleted', stackId: STACK, fence: 1, createdAtMs: 0, deletedAtMs: memory.nowMs() });
      await step({ type: 'creationAsked', fence: 2 });
      return seen;
    };
    const { timer } = await lease();
    await fire();
    expect(await lease()).toMatchObject({ phase: 'opening', fence: 2, failures: 0, timer: { id: timer?.id } });
  });

  it('is not complete while something tagged outlives the stack: it is swept, and looked at again', async () => {
    const { effects, see, lease, memory, world, fire } = await closing();
    memory.at(55);
    see('deleted');
    world.tagged = 2;
    await tearDown({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'closing' });
    expect(world.swept).toBe(2);
    memory.at(58);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'closed' });
  });

  it('that failed is swept by tag and asked for again at the next timer, and a person gets a mail when that did not help', async () => {
    const { see, memory, world, fire, lease } = await closing();
    see('deleteFailed');
    memory.at(55);
    await fire();
    expect(world.deletions).toEqual([STACK, STACK]);
    expect(memory.warnings).toEqual([]);
    world.tagged = 1;
    memory.at(59);
    await fire();
    expect(world).toMatchObject({ swept: 1, deletions: [STACK, STACK, STACK] });
    expect(memory.warnings.join()).toMatch(/could not be deleted: a reason/);
    expect(await lease()).toMatchObject({ deleteFailures: 2, timer: { owner: 'teardown' } });
  });

  it('whose leftovers cannot be swept is not complete, and is tried again after a growing pause', async () => {
    const { effects, see, memory, fire, lease } = await closing();
    see('deleted');
    effects.sweepEndpoints = async () => {
      throw new Error('EC2 is away');
    };
    memory.at(55);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'closing', deleteFailures: 1, timer: { atMs: 59 * MINUTE_MS } });
    expect(memory.warnings.join()).toMatch(/could not be swept/);
  });

  it('that is slow is reported when the endpoints outlive their paid hour, and not before', async () => {
    const { see, memory, world, fire } = await closing();
    see('deleting');
    for (const minute of [55, 57, 59]) {
      memory.at(minute);
      await fire();
    }
    expect(world.overdue).toEqual([]);
    memory.at(61);
    await fire();
    expect(world.overdue).toEqual([1]);
  });

  it('by hand, announced twice at once, is recorded once and swept before the lease is closed', async () => {
    const { effects, finish, lease, memory, see, world } = await start();
    await finish();
    memory.at(20);
    const { load } = memory.store;
    let [loads, other] = [0, Promise.resolve()];
    // The second message is dealt with while the first one's handler has looked and not yet written.
    const slow: TearDownEffects = {
      ...effects,
      store: {
        ...memory.store,
        load: async (...args) => {
          loads += 1;
          if (loads === 2) {
            other = tearDown({ type: 'stackChanged', stackId: STACK }, effects);
            await other;
          }
          return load(...args);
        },
      },
    };
    see('deleted');
    await tearDown({ type: 'stackChanged', stackId: STACK }, slow);
    expect(await lease()).toMatchObject({ phase: 'closing' });
    expect(world.sweptFences).toEqual([]);
  });

  it('announced late, when the lease is open again, touches nothing of the later fence', async () => {
    const { effects, see, step, lease, memory, world } = await closing();
    memory.at(55);
    await step({
      type: 'requestAccepted',
      request: { requestId: 'r2', task: { kind: 'command', name: 'x' }, acceptedAtMs: 0, startByMs: 0 },
    });
    see('deleted');
    await tearDown({ type: 'stackChanged', stackId: STACK }, effects);
    await step({ type: 'creationAsked', fence: 2 });
    await step({ type: 'stackCreated', fence: 2, stackId: `${STACK}-2`, createdAtMs: memory.nowMs() });
    const swept = world.sweptFences.length;
    world.tagged = 4;
    await tearDown({ type: 'stackChanged', stackId: STACK }, effects);
    expect(await lease()).toMatchObject({ phase: 'open', fence: 2 });
    expect(world.sweptFences.slice(swept)).toEqual([]);
    expect(world.sweptFences).toEqual([1]);
  });

  it('that cannot be looked at leaves the lease a timer', async () => {
    const { effects, lease, memory, fire } = await closing();
    effects.describeStack = async () => {
      throw new Error('CloudFormation is away');
    };
    memory.at(56);
    const before = (await lease()).timer?.id;
    await fire();
    expect((await lease()).timer?.id).not.toBe(before);
    expect((await lease()).timer).toMatchObject({ owner: 'teardown' });
  });

  it('that is over when the release is announced closes the lease at once', async () => {
    const { effects, see, lease, memory } = await closing();
    memory.at(55);
    see('deleted');
    await tearDown({ type: 'released' }, effects);
    expect(await lease()).toMatchObject({ phase: 'closed' });
  });

  it('is not asked for again by an event that says how it goes', async () => {
    const { effects, see, world } = await closing();
    see('deleting');
    await tearDown({ type: 'stackChanged', stackId: STACK }, effects);
    expect(world.deletions).toEqual([STACK]);
  });

  it('is asked for again when the first call was lost', async () => {
    const { see, memory, world, fire } = await closing();
    see('complete');
    memory.at(56);
    await fire();
    expect(world.deletions).toEqual([STACK, STACK]);
  });
});

describe('a deletion that CloudFormation refuses', () => {
  const words = 'ValidationError: Stack [endpoints] cannot be deleted while TerminationProtection is enabled';

  it('is a failed one: the endpoints are swept at once, a person gets one mail, and the pauses grow', async () => {
    const { memory, fire, world, lease, finish, see } = await start();
    await finish();
    see('complete');
    world.refused = words;
    world.tagged = 4;
    memory.at(53);
    await fire();
    expect(world.swept).toBe(4);
    expect(await lease()).toMatchObject({ phase: 'closing' });
    for (const [minute, deleteFailures] of [
      [56, 1],
      [61, 2],
      [70, 3],
    ] as const) {
      memory.at(minute);
      await fire();
      expect(await lease()).toMatchObject({ phase: 'closing', deleteFailures });
    }
    expect(world.deletions).toHaveLength(4);
    expect(memory.warnings).toEqual([expect.stringContaining(words)]);
    world.refused = undefined;
    see('deleted');
    memory.at(90);
    await fire();
    expect(await lease()).toMatchObject({ phase: 'closed' });
  });
});
