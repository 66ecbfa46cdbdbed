import { SSMProvider } from '@aws-lambda-powertools/parameters/ssm';
import { PublishCommand } from '@aws-sdk/client-sns';
import {
  dynamoDbDocument,
  on,
  parseEnv,
  readSettings,
  route,
  serve,
  sns,
  ssm,
  TaskFailed,
  TaskSucceeded,
} from '@hourglass/shared';
import { createCommitReader } from './commits.ts';
import { notifierEnv } from './config.ts';
import { notifyOfFailure, notifyOfRecovery } from './notify.ts';
import { createRecords } from './records.ts';
import { type Outcome, setCommitStatus } from './set-commit-status.ts';

/** A token that was replaced is known within minutes. */
const TOKEN_KEPT_S = 300;

const config = parseEnv(notifierEnv, readSettings(process.env));
const document = dynamoDbDocument();
const topic = sns();
const parameters = new SSMProvider({ awsSdkV3Client: ssm() });

const notices = {
  deployment: config.LEASE_ID,
  records: createRecords(document, config.TABLE_NAME, config.LEASE_ID),
  async publish(Subject: string, Message: string) {
    await topic.send(new PublishCommand({ TopicArn: config.TOPIC_ARN, Subject, Message }));
  },
  nowMs: () => Date.now(),
};

const statuses = {
  hosts: config.COMMIT_STATUS,
  sources: config.REPOSITORY_SOURCES,
  commitsOf: createCommitReader(document, config.TABLE_NAME),
  async readToken(parameter: string) {
    const token = await parameters.get(parameter, { decrypt: true, maxAge: TOKEN_KEPT_S });
    return (token ?? '').trim();
  },
  fetch: (request: Request, options: { signal: AbortSignal }) => fetch(request, options),
};

export const handler = serve<unknown, void>('notifier', async (event, logger) => {
  const warn = (message: string) => logger.warn(message);
  /** Each of the two is tried though the other fails; Lambda then tries both again, and what has been published is not published twice. */
  const answer = async (notify: () => Promise<void>, outcome: Outcome) => {
    const results = await Promise.allSettled([
      ...(config.TOPIC_ARN === '' ? [] : [notify()]),
      setCommitStatus(outcome, { ...statuses, warn }),
    ]);
    for (const one of results) if (one.status === 'rejected') throw one.reason;
  };
  const routes = [
    on(TaskSucceeded, ({ leaseId, taskKey, requestId, durationMs }) =>
      answer(() => notifyOfRecovery(taskKey, requestId, notices), {
        ...{ leaseId, taskKey, requestId, state: 'success' },
        description: `mirrored to CodeCommit in ${describeDuration(durationMs)}`,
      }),
    ),
    on(TaskFailed, async ({ leaseId, taskKey, requestId, message, attempts, next }) => {
      if (next !== 'dead') return;
      await answer(() => notifyOfFailure({ taskKey, requestId, message, attempts }, notices), {
        ...{ leaseId, taskKey, requestId, state: 'failure' },
        description: `not mirrored to CodeCommit: ${message}`,
      });
    }),
  ];
  await route(routes, event, logger);
});

function describeDuration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
