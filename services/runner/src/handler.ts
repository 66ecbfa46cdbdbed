import { LeaseConflict } from '@hourglass/lease';
import { createDynamoDbStore, readAttempts, readTips } from '@hourglass/lease-dynamodb';
import {
  createDeadLetterSender,
  createServiceEffects,
  dynamoDbDocument,
  EndpointsReady,
  ecs,
  LeaseResumed,
  on,
  onTimer,
  ownTags,
  parseEnv,
  route,
  serve,
  sqs,
  TaskStateChange,
  WorkWaiting,
} from '@hourglass/shared';
import { ensureRepository, setDefaultBranch } from '@hourglass/shared/codecommit';
import { runnerEnv } from './config.ts';
import type { RunEffects } from './effects.ts';
import { run } from './run.ts';
import { createTasks } from './tasks.ts';

const config = parseEnv(runnerEnv, process.env);
const document = dynamoDbDocument();
const base = {
  ...createServiceEffects(config, createDynamoDbStore(document, config.TABLE_NAME)),
  tasks: createTasks(ecs(), config),
  commands: config.COMMANDS,
  readAttempts: (token: string) => readAttempts(document, config.TABLE_NAME, token),
  readTips: (taskKey: string) => readTips(document, config.TABLE_NAME, config.LEASE_ID, taskKey),
  repositories: {
    ensure: (destination: string) => ensureRepository(destination, { tags: ownTags(config) }),
    setDefaultBranch,
  },
  sendDeadLetters: createDeadLetterSender(sqs(), config.FAILED_QUEUE_URL),
};

export const handler = serve<unknown, void>('runner', async (event, logger) => {
  const effects: RunEffects = {
    ...base,
    warn: (message, error) => (error ? logger.warn(message, error) : logger.warn(message)),
    // The metric that an alarm watches counts lines with this key.
    tellOverdue: (message, overdueMinutes) => logger.error(message, { overdueMinutes }),
  };
  const routes = [
    on(WorkWaiting, () => look(effects)),
    on(EndpointsReady, () => look(effects)),
    on(LeaseResumed, () => look(effects)),
    on(TaskStateChange, async (task) => {
      if (task.lastStatus !== 'STOPPED' || task.startedBy === undefined) return;
      await run({ type: 'taskStopped', token: task.startedBy, task }, effects);
    }),
    onTimer(({ timerId }) => run({ type: 'timer', timerId }, effects)),
  ];
  await route(routes, event, logger);
});

/** Whoever was faster looks at the same work, and the timer looks again: there is nothing to repeat. */
async function look(effects: RunEffects): Promise<void> {
  try {
    await run({ type: 'workOrEndpoints' }, effects);
  } catch (error) {
    if (!(error instanceof LeaseConflict)) throw error;
    effects.warn('Others were faster', error);
  }
}
