import type { Context } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { StackStatusChange } from './contracts/aws.ts';
import { EndpointsNeeded } from './contracts/internal.ts';
import { PermanentError } from './errors.ts';
import { on, onTimer, type Route, route, serve } from './middleware.ts';

const context = { functionName: 'f', awsRequestId: 'lambda-1', memoryLimitInMB: '512' } as Context;
let lines: Record<string, unknown>[] = [];

beforeEach(() => {
  lines = [];
  // In development mode the logger writes to the global console.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(JSON.parse(line)));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const heard: unknown[] = [];
const routes: Route[] = [
  on(EndpointsNeeded, async (detail) => void heard.push(detail)),
  on(StackStatusChange, async (detail) => void heard.push(detail)),
  onTimer(async (timer) => void heard.push(timer)),
];
const serveRoutes = () =>
  serve<unknown, void>('test', async (event, logger) => {
    logger.info('handling');
    await route(routes, event, logger);
  });
const needed = (detail: object, source = 'hourglass') => ({
  id: 'e1',
  source,
  'detail-type': 'EndpointsNeeded',
  time: '2026-01-01T00:00:00Z',
  detail,
});

describe('the middy stack', () => {
  it('hands a parsed detail to the contract it belongs to', async () => {
    await serveRoutes()(needed({ version: 1, leaseId: 'main', fence: 3 }), context);
    expect(heard.pop()).toEqual({ version: 1, leaseId: 'main', fence: 3 });
    await serveRoutes()({ timer: { leaseId: 'main', timerId: 'a' } }, context);
    expect(heard.pop()).toEqual({ leaseId: 'main', timerId: 'a' });
  });

  it('leaves the unknown fields of an AWS event alone', async () => {
    const stackId = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/endpoints/1';
    const detail = { 'stack-id': stackId, 'status-details': { status: 'CREATE_COMPLETE', later: 1 }, more: {} };
    const event = { ...needed({}), source: 'aws.cloudformation', 'detail-type': StackStatusChange.name, detail };
    await serveRoutes()(event, context);
    expect(heard.pop()).toMatchObject({ 'stack-id': stackId });
  });

  it.each([
    [
      'breaks its contract',
      needed({ version: 1, leaseId: 'main', fence: 'x' }),
      /EndpointsNeeded breaks.*detail\.fence/,
    ],
    ['comes from another source', needed({ version: 1, leaseId: 'main', fence: 1 }, 'hourglass.client'), /source/],
    ['nobody knows', { ...needed({}), 'detail-type': 'Other' }, /none that the service knows/],
    ['is a timer without id', { timer: {} }, /timerId/],
    ['is nothing', null, /none that the service knows/],
  ])('refuses for good what %s, and says so in one line', async (_, event, reason) => {
    await expect(serveRoutes()(event, context)).rejects.toThrow(PermanentError);
    const [line] = lines.filter(({ level }) => level === 'ERROR');
    expect(line).toMatchObject({
      message: 'Refused: trying again cannot help',
      error: { message: expect.stringMatching(reason) },
    });
  });

  it('ties the lines of one request together by its correlation id, and forgets it after', async () => {
    const handler = serveRoutes();
    await handler(needed({ version: 1, leaseId: 'main', fence: 7 }), context);
    await handler({ timer: { leaseId: 'main', timerId: 'timer-1' } }, context);
    expect(lines.map(({ correlation_id }) => correlation_id)).toEqual(['main/7', 'timer-1']);
  });
});

describe('an event of a hostile shape', () => {
  it.each(['leaseId', 'fence', 'requestId'])('is refused as such where its %s cannot be made a text', async (field) => {
    const detail = { version: 1, leaseId: 'main', fence: 1, [field]: { toString: 1, valueOf: null } };
    const { fence, ...rest } = detail;
    const refused = serveRoutes()(needed(field === 'requestId' ? rest : { ...rest, fence }), context);
    await expect(refused).rejects.toThrow(PermanentError);
  });
});
