/**
 * The entrypoint of the task image, and equally a plain local process: `WORK_ID=... TABLE_NAME=... npx -y pnpm@12 exec node docker/src/main.ts`.
 *
 * Reads region, credentials and endpoint as every AWS program does; so it runs against a simulated AWS by AWS_ENDPOINT_URL_DYNAMODB.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Terminated } from './ends.ts';
import { runBatch } from './run-batch.ts';

const stopped = new AbortController();
for (const signalName of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signalName, () => stopped.abort(new Terminated(signalName)));
}

function connect(): DynamoDBDocumentClient {
  // Private DNS resolves half a minute before its endpoint works, so the first call may need some patience; each try is short.
  const client = new DynamoDBClient({
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 8000 },
  });
  return DynamoDBDocumentClient.from(client);
}

runBatch({
  environment: process.env,
  connect,
  stopped: stopped.signal,
  write: (line) => process.stdout.write(`${line}\n`),
}).then((code) => {
  // Not left to the event loop: a connection that is kept alive must not keep a paid task alive.
  process.exit(code);
});
