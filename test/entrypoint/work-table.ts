/** A table over HTTP that answers the two calls a task makes (GetItem, and the one UpdateItem), and remembers the results. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Attribute =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { L: Attribute[] }
  | { M: Record<string, Attribute> };

export interface WorkTable {
  readonly endpoint: string;
  put(token: string, work: Record<string, unknown>): void;
  /** The result that the task wrote, or undefined. */
  result(token: string):
    | {
        status: string;
        message: string;
        refs?: number;
        durationMs?: number;
        defaultBranch?: string;
        permanent?: boolean;
      }
    | undefined;
  close(): Promise<void>;
}

export async function startWorkTable(): Promise<WorkTable> {
  const works = new Map<string, Attribute>();
  const results = new Map<string, Attribute>();

  function answer(operation: string, input: { Key: { pk: { S: string } }; ExpressionAttributeValues?: unknown }) {
    const token = input.Key.pk.S.replace(/^work#/, '');
    const work = works.get(token);
    if (operation === 'GetItem') return [200, work && 'M' in work ? { Item: work.M } : {}] as const;
    if (!work) return [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }] as const;
    const values = input.ExpressionAttributeValues as Record<string, Attribute>;
    const [value] = Object.values(values);
    if (value) results.set(token, value);
    return [200, {}] as const;
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const [status, output] = answer(operation, JSON.parse(await text(request)));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(output));
  }

  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put(token, work) {
      works.set(token, toAttribute(work));
    },
    result(token) {
      const found = results.get(token);
      return found && (fromAttribute(found) as ReturnType<WorkTable['result']>);
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function toAttribute(value: unknown): Attribute {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  return { M: Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, toAttribute(inner)])) };
}

function fromAttribute(attribute: Attribute): unknown {
  if ('S' in attribute) return attribute.S;
  if ('BOOL' in attribute) return attribute.BOOL;
  if ('NULL' in attribute) return null;
  if ('N' in attribute) return Number(attribute.N);
  if ('L' in attribute) return attribute.L.map(fromAttribute);
  return Object.fromEntries(Object.entries(attribute.M).map(([name, inner]) => [name, fromAttribute(inner)]));
}
