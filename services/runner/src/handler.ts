import { createDynamoDbStore, readAttempt } from '@hourglass/lease-dynamodb';
import {
  createDeadTeller,
  createServiceEffects,
  dynamoDbDocument,
  EndpointsReady,
  ecs,
  on,
  onAlarm,
  parseEnv,
  RequestAccepted,
  route,
  serve,
  sqs,
  TaskStateChange,
} from '@hourglass/shared';
import { runnerEnv } from './config.ts';
import { type RunEffects, run } from './run.ts';
import { createTasks } from './tasks.ts';

const config = parseEnv(runnerEnv, process.env);
const document = dynamoDbDocument();
const base = {
  ...createServiceEffects(config, createDynamoDbStore(document, config.TABLE_NAME)),
  tasks: createTasks(ecs(), config),
  commands: config.COMMANDS,
  readAttempt: (token: string) => readAttempt(document, config.TABLE_NAME, token),
  tellDead: createDeadTeller(sqs(), config.FAILED_QUEUE_URL),
};

export const handler = serve<unknown, void>('runner', async (event, logger) => {
  const effects: RunEffects = {
    ...base,
    warn: (message, error) => (error ? logger.warn(message, error) : logger.warn(message)),
  };
  const routes = [
    on(RequestAccepted, () => run({ type: 'workOrEndpoints' }, effects)),
    on(EndpointsReady, () => run({ type: 'workOrEndpoints' }, effects)),
    on(TaskStateChange, async (task) => {
      if (task.lastStatus !== 'STOPPED' || task.startedBy === undefined) return;
      await run({ type: 'taskStopped', token: task.startedBy, task }, effects);
    }),
    onAlarm(({ alarmId }) => run({ type: 'alarm', alarmId }, effects)),
  ];
  await route(routes, event, logger);
});
