import { advance, type Command, FIRST_ITEMS, LeaseConflict, MINUTE_MS, taskTokenOf } from '@hourglass/lease';
import type { DeadTask } from '@hourglass/shared';
import { createMemoryEffects } from '@hourglass/shared/testing';
import { describe, expect, it, vi } from 'vitest';
import type { Attempt, RunEffects } from './effects.ts';
import { run } from './run.ts';
import { outcomesOf, type SeenTask } from './tasks.ts';

const STACK = 'arn:aws:cloudformation:ap-northeast-1:1:stack/endpoints/1';

async function start(repositories = ['app'], settings = {}) {
  const memory = createMemoryEffects(settings);
  const world = {
    runs: [] as string[],
    stopped: [] as string[],
    dead: [] as DeadTask[],
    tasks: new Map<string, SeenTask | 'missing'>(),
    found: new Map<string, string>(),
    answer: (token: string): { taskArn: string } | { refused: string } => ({ taskArn: `arn:${token}` }),
    result: undefined as Attempt['result'],
    results: new Map<string, Attempt['result']>(),
    tips: [] as string[],
    calls: [] as string[],
    refuses: '',
    overdue: [] as string[],
  };
  const effects: RunEffects = {
    ...memory,
    commands: {},
    tasks: {
      parametersFor: (token) => ({ taskDefinition: 'td', clientToken: token }),
      run: async ({ clientToken = '' }) => {
        world.runs.push(clientToken);
        world.calls.push('run');
        return world.answer(clientToken);
      },
      describe: async (arns) =>
        new Map(arns.flatMap((arn) => (world.tasks.has(arn) ? [[arn, world.tasks.get(arn) ?? 'missing']] : []))),
      stop: async (arn) => void world.stopped.push(arn),
      find: async (token) => world.found.get(token),
      letGo: async () => undefined,
    },
    readAttempts: async (taskToken) => {
      const { items } = await memory.store.load('main', { all: true });
      return [...items.values()].flatMap(({ taskKey, claim }) => {
        if (!claim || taskTokenOf(claim) !== taskToken) return [];
        return [{ taskKey, token: claim.token, destination: 'd', result: world.results.get(taskKey) ?? world.result }];
      });
    },
    readMemory: async () => ({ rememberedTips: world.tips }),
    repositories: {
      ensure: async (destination) => {
        if (world.refuses) throw new Error(world.refuses);
        world.calls.push(`ensure ${destination}`);
      },
      setDefaultBranch: async (destination, branch) => void world.calls.push(`default ${destination} ${branch}`),
    },
    handOver: async () => {},
    sendDeadLetters: async (message) => void world.dead.push(message),
    reportOverdue: (message) => void world.overdue.push(message),
  };
  const state = () => memory.store.load('main', { all: true });
  const step = (...commands: Command[]) => advance(memory, 'main', { all: true }, () => commands);
  const item = async (repository = 'app') => (await state()).items.get(`mirror:${repository}`);
  const ask = (repository: string) => {
    const task = { kind: 'mirror' as const, repository, sourceUrl: 'https://git.test/x', destination: 'd' };
    const requestId = `r-${repository}-${memory.nowMs()}`;
    return step({
      type: 'requestAccepted',
      request: { requestId, task, acceptedAtMs: memory.nowMs(), startByMs: memory.nowMs() },
    });
  };
  for (const repository of repositories) await ask(repository);
  await step({ type: 'creationAsked', fence: 1 });
  await step({ type: 'stackCreated', fence: 1, stackId: STACK, createdAtMs: 0 });
  const look = () => run({ type: 'workOrEndpoints' }, effects);
  const stop = async (task: SeenTask, repository = 'app') => {
    const claim = (await item(repository))?.claim;
    await run({ type: 'taskStopped', token: claim ? taskTokenOf(claim) : '', task }, effects);
  };
  const fire = async () => run({ type: 'timer', timerId: (await state()).lease.timer?.id ?? '' }, effects);
  return { memory, effects, world, state, step, item, ask, look, stop, fire };
}

const ok: SeenTask = { lastStatus: 'STOPPED', containers: [{ name: 'task', exitCode: 0 }] };
const bad: SeenTask = {
  lastStatus: 'STOPPED',
  stopCode: 'EssentialContainerExited',
  containers: [{ name: 'task', exitCode: 1 }],
};
const neverStarted: SeenTask = { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason: 'cannot pull' };

describe('rule 3: claim first, then RunTask', () => {
  it('has the claim recorded before the call is made', async () => {
    const { effects, world, look, item } = await start();
    let claimed: unknown;
    world.answer = (token) => ({ taskArn: `arn:${token}` });
    const { run: call } = effects.tasks;
    effects.tasks.run = async (parameters) => {
      claimed = (await item())?.claim;
      return call(parameters);
    };
    await look();
    expect(claimed).toMatchObject({ token: world.runs[0], taskArn: null });
  });

  it('makes one call per claim, however many runners look at once', async () => {
    const { effects, world } = await start(['a', 'b', 'c']);
    await Promise.all([1, 2, 3, 4].map(() => run({ type: 'workOrEndpoints' }, effects)));
    expect(world.runs).toHaveLength(3);
    expect(new Set(world.runs).size).toBe(3);
  });

  it('is repeated only by the timer, patience later, with the same token and parameters', async () => {
    const { memory, effects, world, look, fire, item } = await start();
    const answers = [...['lost', 'found']];
    const calls: unknown[] = [];
    effects.tasks.run = async (parameters) => {
      calls.push(parameters);
      if (answers.shift() === 'lost') throw new Error('timeout');
      return { taskArn: 'arn:1' };
    };
    await look();
    await look();
    expect(calls).toHaveLength(1);
    memory.at(3);
    await fire();
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
    expect((await item())?.claim?.taskArn).toBe('arn:1');
    expect(world.runs).toEqual([]);
  });

  it('is repeated by one runner only, though the timer has woken two, and the call of the one is refused', async () => {
    const { memory, effects, world, look, fire, item } = await start();
    effects.tasks.run = async () => {
      throw new Error('timeout');
    };
    await look();
    memory.at(3);
    effects.tasks.run = async ({ clientToken = '' }) => {
      world.runs.push(clientToken);
      return { refused: 'RESOURCE:FARGATE' };
    };
    const timerId = (await memory.store.load('main', { all: true })).lease.timer?.id ?? '';
    effects.tasks.find = async () => {
      effects.tasks.find = async () => undefined;
      // While this one looks for the task, the other answers the timer.
      await run({ type: 'timer', timerId }, effects);
      return undefined;
    };
    await fire();
    expect(world.runs).toHaveLength(1);
    expect(await item()).toMatchObject({ state: 'pending', noCapacity: { refusals: 1 } });
  });

  it('is not repeated when the endpoints have gone while the timer was answered', async () => {
    const { memory, effects, world, look, fire, state, step } = await start();
    effects.tasks.run = async ({ clientToken = '' }) => {
      world.runs.push(clientToken);
      throw new Error('timeout');
    };
    await look();
    memory.at(3);
    effects.tasks.find = async () => {
      await step({ type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: 0 });
      return undefined;
    };
    await fire();
    expect((await state()).lease.phase).toBe('closing');
    expect(world.runs).toHaveLength(1);
  });
});

describe('a task that ends', () => {
  it('well is history, and the lease is idle', async () => {
    const { look, stop, state, memory } = await start();
    await look();
    await stop(ok);
    expect((await state()).lease).toMatchObject({ pending: 0, running: 0, timer: { owner: 'teardown' } });
    expect(memory.events.at(-1)).toMatchObject({ contract: { name: 'TaskSucceeded' } });
  });

  it('is believed once, however often the event comes', async () => {
    const { effects, look, stop, item, state } = await start();
    await look();
    const token = (await item())?.claim?.token ?? '';
    await stop(ok);
    await run({ type: 'taskStopped', token, task: ok }, effects);
    await run({ type: 'taskStopped', token: 'unknown', task: bad }, effects);
    expect((await state()).lease).toMatchObject({ pending: 0, running: 0 });
  });

  it('badly is tried again under a new token, and after its last attempt rests in the failed-mirrors queue', async () => {
    const { memory, world, look, stop, state } = await start(['app'], { maxAttempts: 2, retryPauseMs: MINUTE_MS });
    await look();
    world.result = { status: 'failed', message: 'no such repository' };
    await stop(bad);
    memory.at(3);
    await look();
    await stop(bad);
    expect(new Set(world.runs).size).toBe(2);
    expect(world.dead).toMatchObject([
      { taskKey: 'mirror:app', attempts: 2, message: expect.stringMatching(/exit code 1: no such/) },
    ]);
    expect((await state()).lease).toMatchObject({ dead: 0, pending: 0, running: 0 });
  });

  it('because the destination moved meanwhile is tried again without being counted, a few times', async () => {
    const settings = { maxAttempts: 2, maxStartFailures: 2, retryPauseMs: MINUTE_MS };
    const { memory, world, look, stop, item } = await start(['app'], settings);
    world.result = { status: 'failed', message: 'somebody else has pushed to refs/heads/main', stale: true };
    const counted: unknown[] = [];
    for (let n = 0; n < 3; n++) {
      await look();
      await stop(bad);
      counted.push((await item())?.attempts);
      memory.at(3 * (n + 1));
    }
    expect(counted).toEqual([0, 0, 1]);
    expect(world.dead).toEqual([]);
  });

  it('makes room for one that waited for the parallel limit', async () => {
    const { world, look, stop } = await start(['a', 'b'], { maxParallelTasks: 1, maxRepositoriesPerTask: 1 });
    await look();
    expect(world.runs).toHaveLength(1);
    await stop(ok, 'a');
    expect(world.runs).toHaveLength(2);
  });

  it('leaves who waits to those who were woken for them, while more tasks may be begun; on a second event it looks at all', async () => {
    const { memory, effects, world, look, stop, ask, item } = await start(['a'], { maxParallelTasks: 3 });
    await look();
    const token = (await item('a'))?.claim?.token ?? '';
    memory.at(1);
    for (const name of ['a', 'b', 'c']) await ask(name);
    await stop(ok, 'a');
    expect(world.runs).toHaveLength(2);
    expect((await item('a'))?.claim?.token).toBe(world.runs[1]);
    await run({ type: 'taskStopped', token, task: ok }, effects);
    expect(world.runs).toHaveLength(4);
  });

  it('has one run behind it, however many pushes have come during it', async () => {
    const { memory, world, ask, look, stop, state } = await start(['app'], { maxParallelTasks: 9 });
    await look();
    for (let n = 1; n <= 200; n += 1) {
      memory.at(n / 200);
      await ask('app');
      await look();
    }
    expect(world.runs).toHaveLength(1);
    expect((await state()).items.size).toBe(1);
    await stop(ok);
    await look();
    expect(world.runs).toHaveLength(2);
    await stop(ok);
    expect(world.runs).toHaveLength(2);
    expect((await state()).lease).toMatchObject({ pending: 0, running: 0 });
  });

  it('is run again when a push came during it', async () => {
    const { memory, world, ask, look, stop } = await start();
    await look();
    memory.at(1);
    await ask('app');
    await stop(ok);
    expect(world.runs).toHaveLength(2);
  });
});

describe('a task that could not start', () => {
  it('for want of capacity waits and is claimed anew, without counting', async () => {
    const { memory, world, look, item } = await start();
    world.answer = () => ({ refused: 'RESOURCE:FARGATE' });
    await look();
    expect(await item()).toMatchObject({ attempts: 0, startFailures: 0, noCapacity: { refusals: 1 } });
    world.answer = (token) => ({ taskArn: `arn:${token}` });
    await look();
    expect(world.runs).toHaveLength(1);
    memory.at(2);
    await look();
    expect(world.runs).toHaveLength(2);
    expect(world.runs[0]).not.toBe(world.runs[1]);
  });

  it('because the endpoint was not yet usable does not count either', async () => {
    const { look, stop, item } = await start();
    await look();
    await stop(neverStarted);
    expect(await item()).toMatchObject({ state: 'pending', attempts: 0, startFailures: 1, lastError: 'cannot pull' });
  });
});

describe('at its timer the runner', () => {
  it('finds a task that has stopped without an event', async () => {
    const { memory, world, look, fire, state } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, ok);
    memory.at(53);
    await fire();
    expect((await state()).lease).toMatchObject({ running: 0, pending: 0, phase: 'closing' });
  });

  it('finds the ends of more tasks than one write holds', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `app-${n}`);
    const { memory, world, look, fire, state } = await start(names, { maxParallelTasks: 100 });
    await look();
    for (const token of world.runs) world.tasks.set(`arn:${token}`, ok);
    const sizes: number[] = [];
    const { commit } = memory.store;
    memory.store.commit = async (before, after, facts, nowMs) => {
      sizes.push([...before.items.keys()].filter((key) => after.items.get(key) !== before.items.get(key)).length);
      await commit(before, after, facts, nowMs);
    };
    memory.at(46);
    await fire();
    expect((await state()).lease).toMatchObject({ running: 0, pending: 0 });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(24);
  });

  it('does not believe that a task it started a moment ago is missing', async () => {
    const { memory, world, look, fire, state } = await start();
    // Just before the last call of the paid hour, at which every task is looked at.
    memory.at(57);
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, 'missing');
    memory.at(58.5);
    await fire();
    expect((await state()).lease).toMatchObject({ phase: 'open', running: 1 });
  });

  it('finds the task of a call whose answer was lost, instead of making the call again', async () => {
    const { memory, effects, world, look, fire, item } = await start();
    effects.tasks.run = async ({ clientToken = '' }) => {
      world.found.set(clientToken, 'arn:found');
      throw new Error('timeout');
    };
    await look();
    effects.tasks.run = async () => {
      throw new Error('called again');
    };
    memory.at(3);
    await fire();
    expect((await item())?.claim).toMatchObject({ taskArn: 'arn:found' });
  });

  it('starts nothing any more when the endpoints are gone', async () => {
    const { memory, effects, world, look, fire, state, step } = await start();
    effects.tasks.run = async () => {
      throw new Error('timeout');
    };
    await look();
    await step({ type: 'stackDeleted', fence: 1, stackId: STACK, createdAtMs: 0, deletedAtMs: 0 });
    memory.at(3);
    await fire();
    expect(world.runs).toEqual([]);
    expect((await state()).lease).toMatchObject({ phase: 'closing', running: 0, pending: 1 });
  });

  it('that cannot reach ECS keeps a timer', async () => {
    const { memory, effects, look, fire, state } = await start();
    await look();
    effects.tasks.describe = async () => {
      throw new Error('ECS is away');
    };
    memory.at(53);
    await fire();
    expect((await state()).lease).toMatchObject({ phase: 'open', running: 1, timer: { owner: 'runner' } });
  });

  it('takes a task that ECS has forgotten for failed, unless it said itself that it succeeded', async () => {
    for (const [result, expected] of [
      [undefined, { pending: 1, running: 0 }],
      [
        { status: 'succeeded' as const, message: '' },
        { pending: 0, running: 0 },
      ],
    ] as const) {
      const { memory, world, look, fire, state } = await start();
      await look();
      world.tasks.set(`arn:${world.runs[0]}`, 'missing');
      world.result = result;
      memory.at(46);
      await fire();
      expect((await state()).lease).toMatchObject(expected);
    }
  });

  it('extends the hour of a task that runs, and stops it past its deadline', async () => {
    const { memory, world, look, fire, state } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, { lastStatus: 'RUNNING' });
    for (const minute of [45, 53, 69]) {
      memory.at(minute);
      await fire();
    }
    expect((await state()).lease).toMatchObject({ phase: 'open', running: 1, paidUntilMs: 120 * MINUTE_MS });
    expect(world.stopped).toEqual([]);
    memory.at(71);
    await fire();
    expect(world.stopped).toEqual([`arn:${world.runs[0]}`]);
  });
});

describe('the outcome of a stopped task', () => {
  it('holds no half of a character where it was cut', () => {
    const message = `${'x'.repeat(1_999)}\u{1f600}`;
    for (const seen of ['missing' as const, { containers: [{ name: 'task', exitCode: 1 }] }]) {
      const [outcome] = outcomesOf(seen, [{ status: 'failed', message }]);
      expect(outcome).toMatchObject({ status: 'failed', message: expect.stringMatching(/x\ufffd$/) });
    }
  });

  it.each([
    [ok, undefined, { status: 'succeeded' }],
    [neverStarted, undefined, { status: 'failed', started: false, message: 'cannot pull' }],
    [
      { stopCode: 'TaskFailedToStart', stoppedReason: 'Task failed to start', containers: [] },
      undefined,
      { status: 'failed', started: false, message: 'Task failed to start' },
    ],
    [
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'Task failed to start',
        containers: [
          { name: 'aws-guardduty-agent-1', reason: 'its own trouble' },
          { name: 'task', reason: 'CannotPullContainerError: not found' },
        ],
      },
      undefined,
      { status: 'failed', started: false, message: 'CannotPullContainerError: not found' },
    ],
    [
      bad,
      { status: 'failed', message: 'why' },
      { status: 'failed', started: true, message: 'The task ended with exit code 1: why' },
    ],
    [
      bad,
      { status: 'failed', message: 'no such repository', permanent: true },
      {
        status: 'failed',
        started: true,
        permanent: true,
        message: 'The task ended with exit code 1: no such repository',
      },
    ],
    [
      { stopCode: 'UserInitiated', stoppedReason: 'by hand' },
      undefined,
      { status: 'failed', started: true, message: 'The task was stopped: by hand' },
    ],
    [
      { containers: [{ name: 'task', exitCode: 137, reason: 'OutOfMemoryError' }] },
      undefined,
      { status: 'failed', started: true, message: 'The task ended with exit code 137: OutOfMemoryError' },
    ],
  ] as const)('of %j is given in words', (task, result, outcome) => {
    expect(outcomesOf(structuredClone(task) as SeenTask, [result])).toEqual([outcome]);
  });

  it.each([
    ['first', (own: object, other: object) => [other, own]],
    ['last', (own: object, other: object) => [own, other]],
  ])('is not that of a container which AWS has added, though ECS shows it %s', (_, arrange) => {
    const guard = { name: 'aws-guardduty-agent-1', exitCode: 0 };
    const killed = { lastStatus: 'STOPPED', containers: arrange({ name: 'task', exitCode: 137 }, guard) };
    const [first, second] = outcomesOf(killed, [undefined, undefined]);
    expect(first).toMatchObject({ status: 'failed', message: expect.stringMatching(/exit code 137/) });
    expect(second).toMatchObject({ status: 'notBegun' });
    expect(outcomesOf({ lastStatus: 'STOPPED', containers: [guard] }, [undefined])[0]?.status).toBe('failed');
  });

  it('is what was written, never what an exit code of 0 says besides; what was not begun waits again', () => {
    const failed = { status: 'failed', message: 'no such repository' } as const;
    const succeeded = { status: 'succeeded', message: '' } as const;
    expect(outcomesOf(ok, [failed])).toMatchObject([{ status: 'failed', started: true }]);
    const statuses = (results: Parameters<typeof outcomesOf>[1]) => outcomesOf(ok, results).map(({ status }) => status);
    expect(statuses([failed, undefined, undefined])).toEqual(['failed', 'failed', 'notBegun']);
    expect(statuses([succeeded, undefined, undefined])).toEqual(['succeeded', 'succeeded', 'notBegun']);
    expect(statuses([undefined, undefined])).toEqual(['succeeded', 'succeeded']);
  });

  it.each([
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    'RESOURCE:FARGATE',
    "You've reached the limit on the number of vCPUs you can run concurrently",
    'ThrottlingException: Rate exceeded',
  ])('is want of capacity: %s', (stoppedReason) => {
    const task = { lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart', stoppedReason };
    expect(outcomesOf(task, [undefined])).toEqual([{ status: 'noCapacity', message: stoppedReason }]);
  });

  it("is the task's own word of a success, however the task ended after it", () => {
    expect(outcomesOf(bad, [{ status: 'succeeded', message: '' }])).toEqual([{ status: 'succeeded' }]);
  });
});

describe('several repositories in one task', () => {
  const names = ['a', 'b', 'c', 'd'];
  const batches = (settings = {}) => start(names, { maxParallelTasks: 1, ...settings });
  const said = (status: 'succeeded' | 'failed', durationMs = 1) => ({ status, message: status, durationMs });

  it('are started by one call, claimed before it, each with a token and a work of its own', async () => {
    const { memory, world, look, state } = await batches();
    await look();
    expect(world.runs).toHaveLength(1);
    const claims = [...(await state()).items.values()].map(({ claim }) => claim);
    expect(new Set(claims.map((claim) => claim?.token)).size).toBe(4);
    for (const claim of claims) {
      expect(claim).toMatchObject({
        batchId: world.runs[0],
        taskArn: `arn:${world.runs[0]}`,
        parameters: { clientToken: world.runs[0] },
      });
    }
    expect(memory.store.facts.filter(({ type }) => type === 'taskClaimed')).toHaveLength(4);
  });

  it('are started once, however many runners look at once', async () => {
    const { effects, world } = await batches();
    await Promise.all([1, 2, 3, 4].map(() => run({ type: 'workOrEndpoints' }, effects)));
    expect(world.runs).toHaveLength(1);
  });

  it('end each in its own way: what was not begun waits again without an attempt counted', async () => {
    const { memory, world, look, stop, item } = await batches({ retryPauseMs: 9 * MINUTE_MS });
    await look();
    world.results.set('mirror:a', said('succeeded', 7)).set('mirror:b', said('failed'));
    world.answer = () => ({ refused: 'no capacity' });
    await stop(bad, 'a');
    expect(await item('a')).toBeUndefined();
    expect(memory.store.facts).toContainEqual(expect.objectContaining({ type: 'taskSucceeded', durationMs: 7 }));
    expect(await item('b')).toMatchObject({ attempts: 1, lastError: 'The task ended with exit code 1: failed' });
    // The task ended at c, so d was never begun and is tried at once.
    expect(await item('c')).toMatchObject({ attempts: 1, lastError: 'The task ended with exit code 1.' });
    expect(await item('d')).toMatchObject({ state: 'pending', attempts: 0, startFailures: 1 });
    expect(world.runs).toHaveLength(2);
  });

  it('that have all ended well are known so by the exit code, whatever results were lost', async () => {
    const { look, stop, state } = await batches();
    await look();
    await stop(ok, 'a');
    expect((await state()).lease).toMatchObject({ pending: 0, running: 0 });
  });

  it('count no attempt when their task never started', async () => {
    const { look, stop, item } = await batches();
    await look();
    await stop(neverStarted, 'a');
    for (const name of names) expect(await item(name)).toMatchObject({ attempts: 0, startFailures: 1 });
  });

  it('are asked for again by the timer as one call, with the same token and parameters', async () => {
    const { memory, effects, look, fire, item } = await batches();
    const answers = [...['lost', 'found']];
    const calls: unknown[] = [];
    effects.tasks.run = async (parameters) => {
      calls.push(parameters);
      if (answers.shift() === 'lost') throw new Error('timeout');
      return { taskArn: 'arn:1' };
    };
    await look();
    memory.at(3);
    await fire();
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
    for (const name of names) expect((await item(name))?.claim?.taskArn).toBe('arn:1');
  });

  it('are looked at, stopped and found ended as the one task they are', async () => {
    const { memory, effects, world, look, fire, state } = await batches({ taskTimeLimitMs: 50 * MINUTE_MS });
    const described: string[][] = [];
    const { describe: ask } = effects.tasks;
    effects.tasks.describe = async (arns) => {
      described.push(arns);
      return ask(arns);
    };
    await look();
    const [arn = ''] = world.runs.map((token) => `arn:${token}`);
    world.tasks.set(arn, { lastStatus: 'RUNNING' });
    memory.at(46);
    await fire();
    expect(described).toEqual([[arn]]);
    memory.at(111);
    await fire();
    expect(world.stopped).toEqual([arn]);
    world.tasks.set(arn, 'missing');
    world.results.set('mirror:a', said('succeeded'));
    world.answer = () => ({ refused: 'no capacity' });
    memory.at(114);
    await fire();
    const { items } = await state();
    expect([...items.values()].map(({ taskKey, attempts }) => [taskKey, attempts])).toEqual([
      ['mirror:b', 1],
      ['mirror:c', 0],
      ['mirror:d', 0],
    ]);
  });

  it('are one of the tasks that may run at once, and the next ones wait for its end', async () => {
    const { world, look, stop, ask } = await batches();
    await look();
    await ask('late');
    await look();
    expect(world.runs).toHaveLength(1);
    await stop(ok, 'a');
    expect(world.runs).toHaveLength(2);
  });

  it('run again alone that were pushed to during the run', async () => {
    const { memory, world, look, stop, ask, item } = await batches();
    await look();
    memory.at(1);
    await ask('b');
    await stop(ok, 'a');
    expect(world.runs).toHaveLength(2);
    expect((await item('b'))?.claim?.batchId).toBeUndefined();
  });

  it('are claimed in writes that hold whole batch', async () => {
    const many = Array.from({ length: 60 }, (_, n) => `app-${n}`);
    const { memory, world, look, state } = await start(many, { maxParallelTasks: 4, taskTimeLimitMs: 999 * MINUTE_MS });
    await look();
    expect(world.runs).toHaveLength(4);
    expect((await state()).lease).toMatchObject({ running: 60, pending: 0 });
    const sizes = Map.groupBy(
      memory.store.facts.flatMap((fact) => (fact.type === 'taskClaimed' ? [fact] : [])),
      ({ batchId }) => batchId,
    );
    expect([...sizes.values()].map(({ length }) => length)).toEqual([15, 15, 15, 15]);
  });
});

describe('however much waits', () => {
  const names = (count: number) => Array.from({ length: count }, (_, n) => `app-${n}`);
  const scopesOf = (memory: Awaited<ReturnType<typeof start>>['memory']) => {
    const loaded: number[] = [];
    const { load } = memory.store;
    memory.store.load = async (leaseId, scope) => {
      const state = await load(leaseId, scope);
      // The test's own look is at all of it.
      if (typeof scope === 'function' || !('all' in scope)) loaded.push(state.items.size);
      return state;
    };
    return loaded;
  };

  it('a wake-up that finds nothing to do reads the lease, and no item', async () => {
    const { memory, world, look } = await start(names(40), { maxParallelTasks: 1, maxRepositoriesPerTask: 5 });
    await look();
    expect(world.runs).toHaveLength(1);
    const loaded = scopesOf(memory);
    await look();
    expect(loaded).toEqual([0]);
  });

  it('all that may be claimed is claimed, and no read holds the backlog', async () => {
    const { memory, world, look, state } = await start(names(300), {
      maxParallelTasks: 100,
      maxRepositoriesPerTask: 2,
      taskTimeLimitMs: 999 * MINUTE_MS,
    });
    const loaded = scopesOf(memory);
    await look();
    expect(world.runs).toHaveLength(100);
    expect(Math.max(...loaded)).toBeLessThanOrEqual(120);
    expect((await state()).lease).toMatchObject({ running: 200, pending: 100, tasks: 100 });
  });

  it('a handler whose time is over begins no more, and wakes another that goes on', async () => {
    const { memory, effects, world, look, state } = await start(names(60), { maxParallelTasks: 60 });
    const { run: call } = effects.tasks;
    effects.tasks.run = async (parameters) => {
      memory.at(1);
      return call(parameters);
    };
    await look();
    expect(world.runs).toHaveLength(24);
    const woken = memory.events.filter(({ contract }) => contract.name === 'WorkWaiting');
    expect(woken.map(({ detail }) => detail)).toEqual([{ version: 1, leaseId: 'main', requests: 36 }]);
    memory.at(1);
    await look();
    expect((await state()).lease).toMatchObject({ running: 60, pending: 0 });
  });

  it('who is claimed is begun, though the next claims are lost to others who are always faster', async () => {
    const { memory, world, look, state } = await start(names(40), { maxParallelTasks: 40 });
    const { commit } = memory.store;
    let claims = 0;
    memory.store.commit = async (before, after, facts, nowMs) => {
      if (facts.some(({ type }) => type === 'taskClaimed') && ++claims > 1) throw new LeaseConflict('main', 0);
      await commit(before, after, facts, nowMs);
    };
    await look().catch(() => {});
    expect(world.runs).toHaveLength(24);
    expect((await state()).lease).toMatchObject({ running: 24, pending: 16 });
  });

  it('running tasks are looked at page by page, and the next look begins with the first again', async () => {
    const { memory, world, look, fire, state } = await start(names(20), { maxParallelTasks: 20, lookPage: 2 });
    await look();
    const most: number[] = [];
    for (const minute of [46, 92]) {
      for (const token of world.runs)
        world.tasks.set(`arn:${token}`, { taskArn: `arn:${token}`, lastStatus: 'RUNNING' });
      memory.at(minute);
      const loaded = scopesOf(memory);
      await fire();
      most.push(Math.max(...loaded));
      expect((await state()).lease.round).toBeNull();
      const seenAt = [...(await state()).items.values()].map(({ claim }) => claim?.seenAtMs);
      expect(new Set(seenAt)).toEqual(new Set([minute * MINUTE_MS]));
    }
    // So many are looked at to see whether any has lost its place.
    expect(Math.max(...most)).toBeLessThanOrEqual(FIRST_ITEMS);
  });
});

describe('a task that ECS does not let go of', () => {
  const remains = (exitCode: number): SeenTask => ({
    taskArn: 'arn:1',
    lastStatus: 'DEPROVISIONING',
    executionStoppedAt: new Date(5 * MINUTE_MS),
    containers: [{ name: 'task', lastStatus: 'STOPPED', exitCode }],
  });

  it('has ended with its container: its word counts, its endpoints may go, and a person gets one mail', async () => {
    const { memory, world, look, fire, state } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, remains(0));
    memory.at(53);
    await fire();
    expect((await state()).lease).toMatchObject({ running: 0, pending: 0, phase: 'closing' });
    expect(world.overdue).toEqual([expect.stringMatching(/DEPROVISIONING/)]);
  });

  it('and whose container failed is tried again', async () => {
    const { memory, world, look, fire, item } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, remains(137));
    memory.at(45.1);
    await fire();
    expect(await item()).toMatchObject({ state: 'pending', attempts: 1 });
  });

  it('is nothing to report when its container has ended a moment ago', async () => {
    const { memory, world, look, fire, state } = await start();
    await look();
    memory.at(46);
    const task = { ...remains(0), executionStoppedAt: new Date(45.5 * MINUTE_MS) };
    world.tasks.set(`arn:${world.runs[0]}`, task);
    await fire();
    expect((await state()).lease.running).toBe(0);
    expect(world.overdue).toEqual([]);
  });

  it('past its stop-by is asked to stop at pauses that double, and a person gets one mail', async () => {
    const { memory, world, look, fire, state } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, { taskArn: `arn:${world.runs[0]}`, lastStatus: 'RUNNING' });
    for (let minute = 71; minute < 25 * 60; minute = ((await state()).lease.timer?.atMs ?? 0) / MINUTE_MS) {
      memory.at(minute);
      await fire();
    }
    expect(world.stopped.length).toBeGreaterThan(20);
    expect(world.stopped.length).toBeLessThan(70);
    expect(world.overdue).toEqual([expect.stringMatching(/asked to stop and still runs/)]);
  });

  it('is not asked to stop before that is written, and what is refused then is asked again at the next look', async () => {
    const { memory, effects, world, look, fire, item, state } = await start();
    await look();
    world.tasks.set(`arn:${world.runs[0]}`, { taskArn: `arn:${world.runs[0]}`, lastStatus: 'RUNNING' });
    memory.at(71);
    const { commit } = memory.store;
    memory.store.commit = async () => Promise.reject(new Error('AccessDenied: scheduler:CreateSchedule'));
    for (let time = 0; time < 3; time += 1) await expect(fire()).rejects.toThrow('AccessDenied');
    expect(world.stopped).toEqual([]);
    memory.store.commit = commit;
    const { stop } = effects.tasks;
    effects.tasks.stop = async () => Promise.reject(new Error('ThrottlingException'));
    await fire();
    expect((await item())?.claim).toMatchObject({ stopsAsked: 1 });
    effects.tasks.stop = stop;
    memory.at(((await state()).lease.timer?.atMs ?? 0) / MINUTE_MS);
    await fire();
    expect(world.stopped).toEqual([`arn:${world.runs[0]}`]);
  });
});

describe('the destination', () => {
  it('is prepared before the task, and gets its default branch when the task has ended, however', async () => {
    const { world, look, stop, item } = await start();
    await look();
    expect(world.calls).toEqual(['ensure d', 'run']);
    world.result = { status: 'failed', message: 'refs/heads/main is rejected', defaultBranch: 'trunk' };
    await stop(bad);
    expect(world.calls.at(-1)).toBe('default d trunk');
    expect(await item()).toMatchObject({ state: 'pending', attempts: 1 });
  });

  it('that cannot be prepared is reported, and the task tries the push all the same', async () => {
    const { effects, world, look } = await start();
    world.refuses = 'no more repositories';
    const warn = vi.spyOn(effects, 'warn');
    await look();
    expect(world.runs).toHaveLength(1);
    expect(warn).toHaveBeenCalledWith('The destination d could not be prepared', new Error(world.refuses));
  });

  it("that AWS refuses to make costs no task: it is reported as dead, in AWS's own words", async () => {
    const { effects, world, look, item } = await start(['app', 'web']);
    const words = 'User: arn:aws:sts::1:assumed-role/runner is not authorized to perform: codecommit:CreateRepository';
    const refusal = Object.assign(new Error(words), {
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    const { ensure } = effects.repositories;
    let refusals = 1;
    effects.repositories.ensure = async (destination) => {
      if (refusals-- > 0) throw refusal;
      await ensure(destination);
    };
    await look();
    expect(world.runs).toHaveLength(1);
    expect(world.dead).toMatchObject([{ attempts: 0, message: expect.stringContaining(words) }]);
    expect([await item('app'), await item('web')].filter(Boolean)).toHaveLength(1);
  });

  it('whose default branch cannot be set keeps no mirror from being done', async () => {
    const { effects, world, look, stop, item } = await start();
    await look();
    world.result = { status: 'succeeded', message: '', defaultBranch: 'main' };
    effects.repositories.setDefaultBranch = () => Promise.reject(new Error('throttled'));
    await stop(ok);
    expect(await item()).toBeUndefined();
  });
});

it('a mirror is given what earlier ones have carried, and its own tips are kept with its success', async () => {
  const { memory, world, look, stop } = await start();
  world.tips = ['a'.repeat(40)];
  const commits = vi.spyOn(memory.store, 'commit');
  await look();
  const facts = () => commits.mock.calls.flatMap(([, , made]) => made);
  expect(facts().find(({ type }) => type === 'taskClaimed')).toMatchObject({ work: { rememberedTips: world.tips } });
  world.result = { status: 'succeeded', message: '', tips: ['b'.repeat(40)] };
  await stop(ok);
  expect(facts().find(({ type }) => type === 'taskSucceeded')).toMatchObject({ tips: ['b'.repeat(40)] });
});
