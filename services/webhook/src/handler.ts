import { randomUUID } from 'node:crypto';
import { createPublisher, eventBridge, type Logger, parseEnv, readSettings, serve, ssm } from '@hourglass/shared';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { createAuthorizer } from './authorize.ts';
import { webhookEnv } from './config.ts';
import { receiveRequest } from './receive.ts';
import { createHookDoor } from './receive-delivery.ts';
import { createSecretReader } from './secrets.ts';

type Answer = APIGatewayProxyStructuredResultV2;

const config = parseEnv(webhookEnv, readSettings(process.env));
const publish = createPublisher(eventBridge(), config.BUS_NAME);
const nowMs = () => Date.now();
const authorize = createAuthorizer(config);
const receiveDelivery = createHookDoor(config, { readSecrets: createSecretReader(ssm(), nowMs), publish, nowMs });

/** `/hooks/<source>`, below whatever a domain of one's own is mapped to; more of the path may be a token. */
const HOOK = /\/hooks\/(?<source>[^/]+)(?:\/.*)?$/;

export const handler = serve<APIGatewayProxyEventV2, Answer>('webhook', async (event, logger) => {
  const { headers, rawPath, rawQueryString } = event;
  const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const [path, source] = HOOK.exec(rawPath ?? '') ?? [];
  if (path !== undefined && source !== undefined) {
    const answered = await receiveDelivery({ source, headers, body, path, query: rawQueryString ?? '' });
    correlate(logger, answered.body);
    logger.info('Delivery', { source, status: answered.statusCode, ...answered.body });
    return answer(answered.statusCode, answered.body);
  }
  const fault = await authorize(headers);
  if (fault !== null) return answer(401, { error: fault });
  // The gateway's own id may hold characters that a request id may not.
  const received = await receiveRequest(body.toString(), randomUUID, config, publish);
  correlate(logger, received.body);
  logger.info('Request', { status: received.statusCode, ...received.body });
  return answer(received.statusCode, received.body);
});

/** From here on the request's id ties the lines of all services together. */
function correlate(logger: Logger, body: object): void {
  if ('requestId' in body && typeof body.requestId === 'string') logger.setCorrelationId(body.requestId);
}

function answer(statusCode: number, body: object): Answer {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
