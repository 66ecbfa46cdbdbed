/** The webhook's bundle in this process, with EventBridge and Parameter Store answering at once. */
import { createRequire } from 'node:module';
import { serverNames } from '@hourglass/webhooks';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { SECRET, sources } from './deliveries.ts';

export interface Webhook {
  handle(event: APIGatewayProxyEventV2): Promise<{ statusCode: number; body: string }>;
  /** Entries put on the bus so far. */
  readonly entries: { count: number };
}

const answers: Record<string, (input: { Entries?: unknown[] }, entries: { count: number }) => object> = {
  'AmazonSSM.GetParameter': () => ({ Parameter: { Value: SECRET } }),
  'AWSEvents.PutEvents': ({ Entries = [] }, entries) => {
    entries.count += Entries.length;
    return { FailedEntryCount: 0, Entries: Entries.map((_, n) => ({ EventId: String(n) })) };
  },
};

/** @param bundle the function's code, a file */
export function loadWebhook(bundle: string): Webhook {
  const entries = { count: 0 };
  const handle = async ({ headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
    const input = JSON.parse(new TextDecoder().decode(body));
    const answer = answers[headers['x-amz-target'] ?? '']?.(input, entries) ?? {};
    const response = new Response(JSON.stringify(answer));
    return {
      response: { statusCode: 200, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: response.body },
    };
  };
  Object.assign(globalThis, {
    [Symbol.for('hourglass.clientOptions')]: {
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: { handle },
    },
  });
  Object.assign(process.env, {
    BUS_NAME: 'bus',
    API_KEY_SHA256: '',
    OAUTH: 'null',
    COMMANDS: '{}',
    REPOSITORIES: 'null',
    ALLOWED_SOURCE_HOSTS: Object.values(sources)
      .map((url) => new URL(url).host)
      .join(),
    WEBHOOKS: JSON.stringify(
      Object.fromEntries(serverNames.map((server) => [`the-${server}`, { server, parameter: `/${server}` }])),
    ),
    REPOSITORY_SOURCES: JSON.stringify(sources),
  });
  const { handler } = createRequire(import.meta.url)(bundle);
  return { handle: (event) => handler(event, { awsRequestId: 'r', functionName: 'webhook' }), entries };
}
