import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { EndpointsNeeded, internalContracts } from './contracts/internal.ts';
import { MirrorRequested, TaskRequested } from './contracts/requests.ts';
import { RetryableError } from './errors.ts';
import { createPublisher, eventOf } from './publish.ts';

/** The real client over a handler that refuses the entries whose detail holds one of these fences. */
function bus(refuse: (fence: number, call: number) => boolean) {
  const calls: number[][] = [];
  const client = new EventBridgeClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      async handle(request: { body: Uint8Array }) {
        const { Entries } = JSON.parse(new TextDecoder().decode(request.body)) as { Entries: { Detail: string }[] };
        const fences = Entries.map(({ Detail }) => JSON.parse(Detail).fence as number);
        calls.push(fences);
        const answers = fences.map((fence) =>
          refuse(fence, calls.length)
            ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
            : { EventId: '1' },
        );
        const body = JSON.stringify({ FailedEntryCount: 0, Entries: answers });
        return { response: { statusCode: 200, headers: {}, body: new Blob([body]).stream() } };
      },
    } as never,
  });
  return { publish: createPublisher(client, 'bus'), calls };
}

const events = (count: number) =>
  Array.from({ length: count }, (_, fence) => eventOf(EndpointsNeeded, { leaseId: 'main', fence }));

describe('publishing', () => {
  it('puts at most ten entries a call', async () => {
    const { publish, calls } = bus(() => false);
    await publish(events(23));
    expect(calls.map(({ length }) => length)).toEqual([10, 10, 3]);
  });

  it('sends again only the entries that were refused', async () => {
    const { publish, calls } = bus((fence, call) => fence === 4 && call === 1);
    await publish(events(6));
    expect(calls).toEqual([[0, 1, 2, 3, 4, 5], [4]]);
  });

  it('gives up after the third try with an error that may be retried', async () => {
    const { publish, calls } = bus((fence) => fence === 1);
    await expect(publish(events(2))).rejects.toThrow(RetryableError);
    expect(calls).toHaveLength(3);
  });

  it('refuses an event of our own that breaks its contract', async () => {
    const { publish, calls } = bus(() => false);
    await expect(publish([eventOf(EndpointsNeeded, { leaseId: '', fence: 1 })])).rejects.toThrow();
    expect(calls).toEqual([]);
  });
});

describe('the contracts', () => {
  it('let nobody outside send an internal event', () => {
    for (const { sources } of internalContracts) expect(sources).toEqual(['hourglass']);
    for (const { sources } of [MirrorRequested, TaskRequested]) expect(sources).not.toContain('hourglass');
  });
});
