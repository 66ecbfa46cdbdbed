import { randomUUID } from 'node:crypto';
import { createPublisher, eventBridge, parseEnv, serve } from '@hourglass/shared';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { webhookEnv } from './config.ts';
import { receiveRequest } from './receive.ts';

const config = parseEnv(webhookEnv, process.env);
const publish = createPublisher(eventBridge(), config.BUS_NAME);

export const handler = serve<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>('webhook', async (event) => {
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8').toString();
  const received = await receiveRequest(
    event.headers['x-api-key'],
    body,
    // The gateway's own id may hold characters that a request id may not.
    randomUUID(),
    config,
    publish,
  );
  return {
    statusCode: received.statusCode,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(received.body),
  };
});
