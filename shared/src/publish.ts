/** Events onto the own bus. PutEvents fails entry by entry, so only what failed is sent again. */
import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type * as z from 'zod';
import type { Contract } from './contracts/contract.ts';
import { RetryableError } from './errors.ts';

export interface OutgoingEvent {
  contract: Contract;
  source: string;
  detail: object;
}

export type Publish = (events: OutgoingEvent[]) => Promise<void>;

/** An event of this contract, checked by the compiler against its shape. */
export function eventOf<C extends Contract>(
  contract: C,
  detail: Omit<z.input<C['detail']>, 'version'>,
  source: C['sources'][number] = contract.sources[0] ?? '',
): OutgoingEvent {
  return { contract, source, detail: { version: contract.version, ...detail } };
}

/** PutEvents takes ten entries a call. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;
const MAX_TRIES = 3;

/**
 * @returns a function that throws RetryableError if entries are still refused at the third try.
 */
export function createPublisher(client: EventBridgeClient, busName: string): Publish {
  return async (events) => {
    let waiting: PutEventsRequestEntry[] = events.map(({ contract, source, detail }) => ({
      EventBusName: busName,
      Source: source,
      DetailType: contract.name,
      Detail: JSON.stringify(contract.detail.parse(detail)),
    }));
    for (let attempt = 1; waiting.length > 0; attempt += 1) {
      if (attempt > MAX_TRIES) throw new RetryableError(`EventBridge refused ${waiting.length} events three times.`);
      const failed: PutEventsRequestEntry[] = [];
      for (let start = 0; start < waiting.length; start += MAX_ENTRIES) {
        const entries = waiting.slice(start, start + MAX_ENTRIES);
        const answer = await client.send(new PutEventsCommand({ Entries: entries }));
        failed.push(...entries.filter((_, index) => answer.Entries?.[index]?.ErrorCode !== undefined));
      }
      waiting = failed;
    }
  };
}
