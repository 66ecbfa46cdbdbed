import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDynamoDbStore } from '@hourglass/lease-dynamodb';
import {
  cloudFormation,
  createDeadLetterSender,
  createFailureReader,
  createServiceEffects,
  createStackReader,
  dynamoDbDocument,
  EndpointsNeeded,
  on,
  onTimer,
  ownTags,
  PermanentError,
  parseEnv,
  route,
  StackStatusChange,
  serve,
  sqs,
} from '@hourglass/shared';
import { ensureRepository } from '@hourglass/shared/codecommit';
import { provisionerEnv } from './config.ts';
import { createStackCreator } from './create-stack.ts';
import { type ProvisionEffects, provision } from './provision.ts';

const config = parseEnv(provisionerEnv, process.env);
const stacks = cloudFormation();
const templateBody = readFileSync(join(__dirname, 'endpoints.template.json'), 'utf8');
const base = {
  ...createServiceEffects('provisioner', config, createDynamoDbStore(dynamoDbDocument(), config.TABLE_NAME)),
  stackName: config.STACK_NAME,
  describeStack: createStackReader(stacks, config.LEASE_ID),
  explainFailure: createFailureReader(stacks),
  createStack: createStackCreator(stacks, config, templateBody),
  repositories: {
    ensure: (destination: string) => ensureRepository(destination, { tags: ownTags(config) }),
  },
  sendDeadLetters: createDeadLetterSender(sqs(), config.FAILED_QUEUE_URL),
};

export const handler = serve<unknown, void>('provisioner', async (event, logger) => {
  const effects: ProvisionEffects = {
    ...base,
    warn: (message, error) => (error ? logger.warn(message, error) : logger.warn(message)),
    reportOverdue: (message, overdueMinutes) => logger.error(message, { overdueMinutes }),
  };
  const routes = [
    on(EndpointsNeeded, () => provision({ type: 'needed' }, effects)),
    on(StackStatusChange, async (detail) =>
      provision({ type: 'stackChanged', stackId: ownStack(detail['stack-id']) }, effects),
    ),
    onTimer(({ timerId }) => provision({ type: 'timer', timerId }, effects)),
  ];
  await route(routes, event, logger);
});

function ownStack(stackId: string): string {
  if (stackId.startsWith(config.STACK_ID_PREFIX)) return stackId;
  throw new PermanentError(`${stackId} is not the endpoints' stack of this deployment; see the rule that sent it.`);
}
