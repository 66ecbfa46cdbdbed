/** A task that died after its last attempt: its message in the failed-mirrors queue says so, and is what replay asks anew with. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { advance, FIRST_ITEMS, MAX_ITEMS_PER_WRITE, type Request, type TaskItem } from '@hourglass/lease';
import type { ServiceEffects } from './announce.ts';
import { type DeadTask, replaysOf } from './dead-letter-message.ts';

export type SendDeadLetters = (task: DeadTask) => Promise<void>;

export function createDeadLetterSender(client: SQSClient, queueUrl: string): SendDeadLetters {
  return async (task) => {
    await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: messageBody(task) }));
  };
}

/**
 * JSON in the characters that SQS takes: of those that JSON need not escape, it refuses two noncharacters. A message that is refused
 * would never be announced. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function messageBody(task: DeadTask): string {
  return JSON.stringify(task).replace(
    /[\ufffe\uffff]/g,
    (noncharacter) => `\\u${noncharacter.charCodeAt(0).toString(16)}`,
  );
}

/** After so long the timer goes on: while an item is dead the lease keeps one. Well below a function's timeout. */
const SENDS_FOR_MS = 10_000;

/**
 * Sends the messages of all dead items, then lets the items go. A crash between the two sends a message twice, never not at all:
 * while an item is dead the lease keeps a timer.
 */
export async function sendDeadLetters(
  effects: ServiceEffects & { sendDeadLetters: SendDeadLetters; handOver?: (items: TaskItem[]) => Promise<void> },
): Promise<void> {
  const untilMs = effects.nowMs() + SENDS_FOR_MS;
  while (effects.nowMs() <= untilMs) {
    const { items } = await effects.store.load(effects.leaseId, { dead: MAX_ITEMS_PER_WRITE });
    const batch = [...items.values()].filter(({ state }) => state === 'dead');
    if (batch.length === 0) return;
    // What another lease is asked for dies not.
    const leaving = batch.filter(({ handsOver }) => handsOver);
    if (leaving.length > 0) await effects.handOver?.(leaving);
    const dead = batch.filter(({ handsOver }) => !handsOver);
    await Promise.all(dead.map((item) => effects.sendDeadLetters(deadTask(effects.leaseId, item))));
    const sent = new Map(batch.map(({ taskKey, request }) => [taskKey, request.requestId]));
    const scope = { taskKeys: [...sent.keys()], pending: FIRST_ITEMS };
    await advance(effects, effects.leaseId, scope, ({ items }) => [
      // A request that came meanwhile has revived its item.
      {
        type: 'deadLettersSent',
        taskKeys: [...items.values()]
          .filter((item) => isSent(sent, item.taskKey, item.request))
          .map(({ taskKey }) => taskKey),
      },
    ]);
  }
}

function isSent(sent: Map<string, string>, taskKey: string, request: Request): boolean {
  return sent.get(taskKey) === request.requestId;
}

function deadTask(leaseId: string, { taskKey, request, attempts, lastError }: TaskItem): DeadTask {
  const { requestId, task } = request;
  return { version: 1, leaseId, taskKey, requestId, task, attempts, replays: replaysOf(requestId), message: lastError };
}
