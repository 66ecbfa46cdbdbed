import type { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { type DeadTask, nextReplayId, replaysOf } from './dead-letter-message.ts';
import { createDeadLetterSender } from './dead-letters.ts';

const dead: DeadTask = {
  version: 1,
  leaseId: 'main',
  taskKey: 'mirror:app',
  requestId: 'push-1',
  task: { kind: 'mirror', repository: 'app', sourceUrl: 'https://git.test/app', destination: 'x' },
  attempts: 3,
  replays: 0,
  message: null,
};

describe('the message of a dead task', () => {
  it('is sent in characters that SQS takes, whatever the task said at its end', async () => {
    const bodies: string[] = [];
    const client = {
      send: async ({ input }: { input: { MessageBody: string } }) => void bodies.push(input.MessageBody),
    };
    const message = 'cut \u0000 \ufffe \uffff \ud800 \u{1f600}';
    await createDeadLetterSender(client as unknown as SQSClient, 'queue')({ ...dead, message });
    expect(bodies[0]).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
    expect(JSON.parse(bodies[0] ?? '').message).toBe(message);
  });
});

describe('the id of a replayed request', () => {
  it('counts on, and a sender that writes a count itself cannot break it', () => {
    expect(nextReplayId('push-1:replay-9')).toBe('push-1:replay-10');
    const huge = `push:replay-${'9'.repeat(23)}`;
    expect(replaysOf(huge)).toBe(0);
    expect(nextReplayId(huge)).toBe(`${huge}:replay-1`);
    expect(nextReplayId(`${'x'.repeat(110)}:replay-999999999`)).toMatch(/^[\w.:/-]{1,128}$/);
  });
});
