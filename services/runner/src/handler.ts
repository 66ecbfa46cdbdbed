import { LeaseConflict } from '@hourglass/lease';
import { createDynamoDbStore, endAttempt, readAttempts, readCarried, readTips } from '@hourglass/lease-dynamodb';
import {
  AttemptEnded,
  createDeadLetterSender,
  createServiceEffects,
  directSettings,
  dynamoDbDocument,
  EndpointsReady,
  ecs,
  LeaseResumed,
  type Logger,
  lambda,
  ObjectCreated,
  on,
  onTimer,
  ownTags,
  parseEnv,
  route,
  serve,
  sqs,
  TaskStateChange,
  tokenOf,
  WorkWaiting,
} from '@hourglass/shared';
import { ensureRepository, setDefaultBranch } from '@hourglass/shared/codecommit';
import { runnerEnv } from './config.ts';
import { createDirectTasks, endedTask } from './direct-tasks.ts';
import type { RunEffects } from './effects.ts';
import { handOver } from './hand-over.ts';
import { run } from './run.ts';
import { createTasks } from './tasks.ts';

const config = parseEnv(runnerEnv, process.env);
const { TABLE_NAME, LEASE_ID, DIRECT } = config;
const document = dynamoDbDocument();
const service = createServiceEffects('runner', config, createDynamoDbStore(document, TABLE_NAME));
const common = {
  commands: config.COMMANDS,
  readAttempts: (token: string) => readAttempts(document, TABLE_NAME, token),
  repositories: {
    ensure: (destination: string) => ensureRepository(destination, { tags: ownTags(config) }),
    setDefaultBranch,
  },
  sendDeadLetters: createDeadLetterSender(sqs(), config.FAILED_QUEUE_URL),
};
type Logged = 'warn' | 'reportOverdue';
const fargate: Omit<RunEffects, Logged> = {
  ...service,
  ...common,
  tasks: createTasks(ecs(), config),
  readMemory: async (taskKey) => ({ rememberedTips: await readTips(document, TABLE_NAME, LEASE_ID, taskKey) }),
  handOver: async () => {},
};
const direct = DIRECT === null ? undefined : createDirect(DIRECT);

function createDirect({
  leaseId,
  fetcherArn,
  attemptSeconds,
}: NonNullable<typeof DIRECT>): Omit<RunEffects, Logged | 'handOver'> {
  const own = { ...service, leaseId, settings: directSettings(service.settings, attemptSeconds) };
  return {
    ...own,
    ...common,
    tasks: createDirectTasks(lambda(), fetcherArn, {
      readAttempts: common.readAttempts,
      endAttempt: (token, result) => endAttempt(document, TABLE_NAME, token, result),
    }),
    async readMemory(taskKey) {
      const carried = await readCarried(document, TABLE_NAME, leaseId, taskKey);
      // What a task has mirrored is a good guess at what the destination shows; a wrong one is reported, and asked anew.
      const rememberedTips = carried ? [] : await readTips(document, TABLE_NAME, LEASE_ID, taskKey);
      return { rememberedTips, ...(carried && { carried }) };
    },
  };
}

export const handler = serve<unknown, void>('runner', async (event, logger) => {
  const logged = logBy(logger);
  const effects: RunEffects = { ...fargate, ...logged };
  const other = { ...service, ...logged };
  const directEffects: RunEffects | undefined = direct && {
    ...direct,
    ...logged,
    handOver: (items) => handOver(items, other),
  };
  const of = (leaseId: string) => (directEffects?.leaseId === leaseId ? directEffects : effects);
  const endDirect = async (token: string) => {
    const [attempt] = await common.readAttempts(token);
    // Its end is what the work item says, whoever sends the event.
    if (directEffects === undefined || attempt?.result === undefined) return;
    await run({ type: 'taskStopped', token, task: endedTask(token) }, directEffects);
  };
  const routes = [
    on(WorkWaiting, ({ leaseId, timerId }) =>
      timerId === undefined ? look(of(leaseId)) : run({ type: 'timer', timerId }, of(leaseId)),
    ),
    on(EndpointsReady, () => look(effects)),
    on(LeaseResumed, ({ leaseId }) => look(of(leaseId))),
    on(TaskStateChange, async (task) => {
      if (task.lastStatus !== 'STOPPED' || task.startedBy === undefined) return;
      await run({ type: 'taskStopped', token: task.startedBy, task }, effects);
    }),
    on(AttemptEnded, ({ token }) => endDirect(token)),
    on(ObjectCreated, ({ object }) => endDirect(tokenOf(object.key))),
    onTimer(({ leaseId, timerId }) => run({ type: 'timer', timerId }, of(leaseId))),
  ];
  await route(routes, event, logger);
});

function logBy(logger: Logger): Pick<RunEffects, Logged> {
  return {
    warn: (message, error) => (error ? logger.warn(message, error) : logger.warn(message)),
    // The metric that an alarm watches counts lines with this key.
    reportOverdue: (message, overdueMinutes) => logger.error(message, { overdueMinutes }),
  };
}

/** Whoever was faster looks at the same work, and the timer looks again: there is nothing to repeat. */
async function look(effects: RunEffects): Promise<void> {
  try {
    await run({ type: 'workOrEndpoints' }, effects);
  } catch (error) {
    if (!(error instanceof LeaseConflict)) throw error;
    effects.warn('Others were faster', error);
  }
}
