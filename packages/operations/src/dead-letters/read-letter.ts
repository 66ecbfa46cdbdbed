/** A message at rest, as it is shown. */
import type { Message } from '@aws-sdk/client-sqs';
import { DeadTask } from '@hourglass/shared/dead-letters';
import * as z from 'zod';
import type { DeadLetter } from '../model/index.ts';
import { isoTime } from '../times.ts';

/** A failed request's, as the services wrote it; `undefined` for a message that is none of ours. */
export function readDeadTask({ Body = '' }: Message): DeadTask | undefined {
  return DeadTask.safeParse(parse(Body)).data;
}

export function letterOfFailed(message: Message): DeadLetter {
  const dead = readDeadTask(message);
  return {
    kind: 'failed',
    requestId: dead?.requestId ?? null,
    task: dead?.taskKey ?? null,
    attempts: dead?.attempts ?? 0,
    replays: dead?.replays ?? 0,
    reason: dead ? dead.message : 'this message is none of Hourglass',
    ...common(message),
  };
}

/** An event as it came to the intake. */
const Refused = z.object({
  id: z.string().optional(),
  detail: z
    .object({ requestId: z.string().optional(), repository: z.string().optional(), name: z.string().optional() })
    .optional(),
});

export function letterOfRefused(message: Message): DeadLetter {
  const { id, detail } = Refused.safeParse(parse(message.Body ?? '')).data ?? {};
  const task = detail?.repository ? `mirror:${detail.repository}` : detail?.name ? `command:${detail.name}` : null;
  return {
    kind: 'refused',
    requestId: detail?.requestId ?? id ?? null,
    task,
    attempts: 0,
    replays: 0,
    reason:
      message.MessageAttributes?.reason?.StringValue ?? 'the intake has failed at it, or had no room for it, for a day',
    ...common(message),
  };
}

function common({ MessageId = '', Attributes }: Message) {
  return { sentAt: isoTime(Number(Attributes?.SentTimestamp ?? 0)), messageId: MessageId };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
