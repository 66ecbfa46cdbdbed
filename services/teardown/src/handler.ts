import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import {
  cloudFormation,
  createServiceEffects,
  createStackDeleter,
  createStackReader,
  dynamoDbDocument,
  EndpointsFailed,
  EndpointsReleased,
  ec2,
  on,
  onTimer,
  parseEnv,
  route,
  StackStatusChange,
  serve,
} from '@hourglass/shared';
import { teardownEnv } from './config.ts';
import { createSweeper } from './sweep.ts';
import { type TearDownEffects, tearDown } from './tear-down.ts';

const config = parseEnv(teardownEnv, process.env);
const stacks = cloudFormation();
const base = {
  ...createServiceEffects('teardown', config, createDynamoDbStore(dynamoDbDocument(), config.TABLE_NAME)),
  describeStack: createStackReader(stacks, config.LEASE_ID),
  sweepEndpoints: createSweeper(ec2(), config.LEASE_ID),
  deleteStack: createStackDeleter(stacks),
};

export const handler = serve<unknown, void>('teardown', async (event, logger) => {
  const effects: TearDownEffects = {
    ...base,
    note: (message, numbers = undefined) => (numbers ? logger.info(message, numbers) : logger.info(message)),
    warn: (message, error) => (error ? logger.warn(message, error) : logger.warn(message)),
    // The metric that the timer watches counts lines with this key.
    reportOverdue: (message, overdueMinutes) => logger.error(message, { overdueMinutes }),
  };
  const routes = [
    on(EndpointsReleased, () => tearDown({ type: 'released' }, effects)),
    on(EndpointsFailed, () => tearDown({ type: 'released' }, effects)),
    on(StackStatusChange, (detail) => tearDown({ type: 'stackChanged', stackId: detail['stack-id'] }, effects)),
    onTimer(({ timerId }) => tearDown({ type: 'timer', timerId }, effects)),
  ];
  await route(routes, event, logger);
});
