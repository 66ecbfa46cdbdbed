/** AWS as the use cases see it: each call is one step in the world, and may be stopped before, lost or refused. */
import {
  LeaseConflict,
  type LeaseSettings,
  type LeaseState,
  MINUTE_MS,
  type ScopeOf,
  SECOND_MS,
  selectItems,
  type TaskItem,
  type Timer,
  TimerRefused,
} from '@hourglass/lease';
import type { SeenStack } from '@hourglass/shared';
import type { SeenTask, Tasks } from '../../services/runner/src/tasks.ts';
import { checkCreation, checkDeletion, checkHours, checkStart, checkSweep } from './invariants.ts';
import type { Message, Turn } from './message.ts';
import {
  askIdOf,
  commit,
  hasSucceeded,
  LEASE_ID,
  livingStack,
  STACK_NAME,
  stopTask,
  taskKeyFor,
  Violation,
  type World,
  type WorldTask,
} from './world.ts';

export type Call = (name: string, kinds: Turn['kind'][], perform: (turn?: Turn['kind']) => unknown) => Promise<never>;

const HOST = 'git.example.com';
const PAUSE: Turn['kind'][] = ['pause'];
const RISKY: Turn['kind'][] = ['pause', 'lost', 'refused'];
/** ECS knows a stopped task for about an hour. */
const KNOWN_MS = 60 * MINUTE_MS;

export function createEffects(world: World, settings: LeaseSettings, call: Call, nowMs: () => number) {
  return {
    service: 'intake' as const,
    leaseId: LEASE_ID,
    stackName: STACK_NAME,
    settings,
    nowMs,
    commands: {},
    intakeRules: {
      ALLOWED_SOURCE_HOSTS: [HOST],
      COMMANDS: {},
      REPOSITORIES: null,
      DESTINATIONS: {},
      DESTINATION_PREFIX: '',
      MAX_DELAY_SECONDS: 0,
      REPOSITORY_DELAY_SECONDS: {},
      CARRIERS: world.hasEndpoints
        ? { carrier: 'fargate' as const, others: [], directLeaseId: 'main-direct' }
        : { carrier: 'direct' as const, others: [], directLeaseId: LEASE_ID },
    },
    intakeMessage: (message: Extract<Message, { to: 'intake' }>) =>
      'ask' in message ? askMessage(world, message.ask) : requestMessage(world, message.request),
    // Messages may come whether they are sent or not.
    publish: async () => {},
    announceLeft: async () => true,
    note: () => {},
    warn: () => {},
    reportOverdue: () => {},
    keepRejected: async () => {},
    pauseBeforeRetry: async () => {},
    store: createStore(world, call),
    timers: {
      create: (_: string, timer: Timer) =>
        call('createSchedule', ['pause', 'refused'], (turn) => {
          if (turn === 'refused') throw new TimerRefused('denied');
          createSchedule(world, timer);
        }),
      delete: ({ id }: Pick<Timer, 'id'>) =>
        call('deleteSchedule', PAUSE, () => {
          world.schedules = world.schedules.filter((schedule) => schedule.id !== id);
        }),
    },
    describeStack: (nameOrId: string) => call('describeStack', [], () => describeStack(world, nameOrId)),
    createStack: (fence: number) => call('createStack', RISKY, (turn) => createStack(world, fence, turn === 'refused')),
    // Words decide nothing.
    explainFailure: async () => '',
    deleteStack: (nameOrId: string) =>
      call('deleteStack', PAUSE, () => {
        const stack = nameOrId === STACK_NAME ? livingStack(world) : world.stacks.find(({ id }) => id === nameOrId);
        if (!stack || stack.status === 'deleted' || stack.status === 'deleting') return {};
        checkDeletion(world, stack);
        stack.status = 'deleting';
        return {};
      }),
    sweepEndpoints: (fence: number) => call('sweep', [], () => sweep(world, fence)),
    tasks: world.hasEndpoints ? createTasks(world, settings, call) : createAttempts(world, call),
    readAttempts: (token: string) => call('readAttempts', [], () => readAttempts(world, token)),
    // What CodeCommit is asked, and what a mirror remembers, is of no consequence to the lease.
    readMemory: async () => ({ rememberedTips: [] }),
    handOver: (items: TaskItem[]) =>
      call('handOver', RISKY, (turn) => {
        if (turn === 'refused') throw new Error('not now');
        for (const { taskKey, request } of items) {
          world.handedOver = new Set([...world.handedOver, request.requestId]);
          for (const one of world.requests) {
            if (taskKeyFor(one) === taskKey && one.fate === 'dying') one.fate = 'dead';
          }
        }
      }),
    repositories: {
      ensure: () => call('ensureRepository', ['refused'], (turn) => ensureRepository(turn === 'refused')),
      setDefaultBranch: async () => {},
    },
    sendDeadLetters: ({ taskKey }: { taskKey: string }) =>
      call('sendDeadLetters', PAUSE, () => {
        for (const request of world.requests) {
          if (taskKeyFor(request) === taskKey && request.fate === 'dying') request.fate = 'dead';
        }
      }),
  };
}

function requestMessage(world: World, index: number) {
  const { id, repository, maxDelaySeconds } = world.requests[index] as World['requests'][number];
  const detail = {
    version: 1,
    requestId: id,
    repository,
    sourceUrl: `https://${HOST}/${repository}.git`,
    maxDelaySeconds,
  };
  const envelope = { id, source: 'hourglass.client', 'detail-type': 'MirrorRequested', detail };
  return { messageId: id, body: JSON.stringify(envelope) };
}

function askMessage(world: World, index: number) {
  const { name, ...of } = world.asks[index] as World['asks'][number];
  const id = askIdOf(index);
  const envelope = { id, source: 'hourglass.operator', 'detail-type': name, detail: { version: 1, ...of } };
  return { messageId: id, body: JSON.stringify(envelope) };
}

function createStore(world: World, call: Call) {
  return {
    load: (_: string, scope: ScopeOf): Promise<LeaseState> =>
      call('load', [], () =>
        selectItems(world.lease, world.items, world.places, (identity) => world.seen.has(identity), scope),
      ),
    commit: (before: LeaseState, after: LeaseState, facts: Parameters<typeof commit>[3]): Promise<void> =>
      call('write', PAUSE, () => {
        if (world.lease.version !== before.lease.version) throw new LeaseConflict(LEASE_ID, before.lease.version);
        commit(world, before, after, facts);
        checkHours(world, facts);
      }),
    readOutbox: async () => [],
    clearOutbox: async () => {},
  };
}

function createSchedule(world: World, { id, atMs, owner }: Timer): void {
  if (world.schedules.some((schedule) => schedule.id === id)) return;
  world.schedules.push({ id, atMs: Math.ceil(atMs / SECOND_MS) * SECOND_MS, owner });
}

function describeStack(world: World, nameOrId: string): SeenStack {
  const stack = nameOrId === STACK_NAME ? livingStack(world) : world.stacks.find(({ id }) => id === nameOrId);
  if (!stack) return { observation: { status: 'absent' }, reason: '' };
  const { id: stackId, fence, status, createdAtMs, deletedAtMs } = stack;
  return { observation: { status, stackId, fence, createdAtMs, deletedAtMs }, reason: '' };
}

function createStack(world: World, fence: number, refused: boolean): { refused?: string } {
  checkCreation(world, fence);
  world.asked.push(fence);
  if (refused) return { refused: 'not allowed' };
  if (livingStack(world)) throw new Error('AlreadyExistsException');
  world.stacks.push({
    id: `stack-${world.stacks.length + 1}`,
    fence,
    status: 'creating',
    createdAtMs: world.nowMs,
    deletedAtMs: null,
    leftBehind: false,
    byHand: false,
  });
  return {};
}

function sweep(world: World, fence: number): number {
  checkSweep(world, fence);
  const left = world.stacks.filter((stack) => stack.leftBehind && stack.fence <= fence);
  for (const stack of left) {
    stack.leftBehind = false;
    stack.deletedAtMs = world.nowMs;
  }
  return left.length;
}

function createTasks(world: World, { patienceMs }: LeaseSettings, call: Call): Tasks {
  const known = (task: WorldTask) => task.status === 'running' || task.status === 'remains' || isKnown(world, task);
  return {
    // The real parameters say nothing that the world would look at, but for the token.
    parametersFor: (token) => ({ clientToken: token }) as ReturnType<Tasks['parametersFor']>,
    run: ({ clientToken = '' }) =>
      call('runTask', [...RISKY, 'crowded'], (turn) => {
        const task = world.tasks.find(({ token }) => token === clientToken);
        if (!task) throw new Violation(`RunTask is called, nobody has claimed ${clientToken}`);
        if (turn === 'refused') return { refused: 'not now' };
        if (turn === 'crowded') return { refused: 'RESOURCE:FARGATE' };
        if (task.status === 'claimed') {
          checkStart(world, task);
          task.status = 'running';
          const waiting = world.requests.filter(({ fate }) => fate === 'waiting');
          for (const member of task.members) {
            member.covers = waiting.filter((request) => taskKeyFor(request) === member.taskKey).map(({ id }) => id);
          }
        }
        return { taskArn: `arn:${task.token}` };
      }),
    describe: (arns) => {
      const isFresh = (arn: string) =>
        [...world.items.values()].some(
          ({ claim }) =>
            claim && arn === `arn:${claim.batchId ?? claim.token}` && world.nowMs < claim.claimedAtMs + patienceMs,
        );
      // ECS is eventually consistent.
      return call('describeTasks', arns.some(isFresh) ? ['behind'] : [], (turn) => {
        const seen = arns.map((arn): [string, SeenTask | 'missing'] => {
          const task = world.tasks.find(({ token }) => arn === `arn:${token}`);
          const isListed = task && known(task) && !(turn === 'behind' && isFresh(arn));
          return [arn, isListed ? seenTask(task) : 'missing'];
        });
        return new Map(seen);
      });
    },
    stop: (arn) =>
      call('stopTask', PAUSE, () => {
        const task = world.tasks.find(({ token }) => arn === `arn:${token}`);
        if (task?.status === 'running') stopTask(world, task, 'failed');
      }),
    letGo: async () => undefined,
    find: (token) =>
      call('listTasks', [], () => {
        const task = world.tasks.find((candidate) => candidate.token === token);
        return task && task.status !== 'claimed' && known(task) ? `arn:${token}` : undefined;
      }),
  };
}

/**
 * Attempts of the direct carrier. To begin one again does no harm, since it is the same; nobody can stop one, and its end is the first that anybody
 * writes. A function that was put away refuses the call, and so nothing is known of it.
 */
function createAttempts(world: World, call: Call): Tasks {
  const find = (token: string) => world.tasks.find((task) => task.token === token);
  const isEnded = (token: string) => find(token)?.status === 'stopped';
  return {
    parametersFor: (token) => ({ token }),
    run: (parameters) =>
      call('runTask', RISKY, (turn) => {
        const { token } = parameters as { token: string };
        const task = find(token);
        if (!task) throw new Violation(`the fetcher is called, nobody has claimed ${token}`);
        if (turn === 'refused') throw new Error('ResourceConflictException');
        if (task.status === 'claimed') {
          checkStart(world, task);
          task.status = 'running';
          const waiting = world.requests.filter(({ fate }) => fate === 'waiting');
          for (const member of task.members) {
            member.covers = waiting.filter((request) => taskKeyFor(request) === member.taskKey).map(({ id }) => id);
          }
        }
        return { taskArn: `arn:${token}` };
      }),
    describe: (arns) =>
      call('readAttempts', [], () => {
        const seen = arns.map((arn): [string, SeenTask] => {
          const task = find(arn.replace('arn:', ''));
          return [arn, task ? seenTask(task) : { taskArn: arn, lastStatus: 'RUNNING', isDirect: true }];
        });
        return new Map(seen);
      }),
    stop: (arn) =>
      call('endAttempt', PAUSE, () => {
        const task = find(arn.replace('arn:', ''));
        if (task && task.status !== 'stopped') stopTask(world, task, 'failed');
      }),
    find: (token) => call('readAttempts', [], () => (isEnded(token) ? `arn:${token}` : undefined)),
    letGo: (token) =>
      call('endAttempt', PAUSE, () => {
        const task = find(token);
        if (!task || task.status === 'stopped') return `arn:${token}`;
        stopTask(world, task, 'failed');
        return undefined;
      }),
  };
}

function isKnown(world: World, task: WorldTask): boolean {
  return task.status === 'stopped' && world.nowMs < task.stoppedAtMs + KNOWN_MS;
}

export function seenTask({ token, status, end, isDirect }: WorldTask): SeenTask {
  if (isDirect) return { taskArn: `arn:${token}`, lastStatus: status === 'stopped' ? 'STOPPED' : 'RUNNING', isDirect };
  if (status === 'remains')
    return { taskArn: `arn:${token}`, lastStatus: 'DEPROVISIONING', containers: containersOf(end) };
  if (status !== 'stopped') return { taskArn: `arn:${token}`, lastStatus: 'RUNNING' };
  if (end === 'notStarted') return { taskArn: `arn:${token}`, lastStatus: 'STOPPED', stopCode: 'TaskFailedToStart' };
  return { taskArn: `arn:${token}`, lastStatus: 'STOPPED', containers: containersOf(end) };
}

function containersOf(end: WorldTask['end']): SeenTask['containers'] {
  return [
    { name: 'aws-guardduty-agent', exitCode: 0 },
    { name: 'task', exitCode: end === 'succeeded' ? 0 : 1 },
  ];
}

/** Whatever the lease has to do with it: an organisation's policy, a quota. */
function ensureRepository(isRefused: boolean): void {
  if (!isRefused) return;
  throw Object.assign(new Error('explicit deny'), {
    name: 'AccessDeniedException',
    $metadata: { httpStatusCode: 400 },
  });
}

function endOfDirect({ isDirect, status, end }: WorldTask) {
  if (!isDirect || status !== 'stopped') return undefined;
  const failed = { status: 'failed' as const, message: '' };
  return end === 'stale' ? { ...failed, stale: true } : end === 'limited' ? { ...failed, handsOver: true } : failed;
}

function readAttempts(world: World, taskToken: string) {
  const task = world.tasks.find(({ token }) => token === taskToken);
  if (!task) return [];
  return task.members.map(({ token, taskKey }, index) => {
    const result = hasSucceeded(task, index) ? { status: 'succeeded' as const, message: '' } : endOfDirect(task);
    return { taskKey, token, result };
  });
}
