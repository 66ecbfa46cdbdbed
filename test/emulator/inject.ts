/** What AWS does and this emulator does not, done by the harness in its stead, and said. */
import {
  DescribeRuleCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';
import { queueUrl } from './queues.ts';
import type { Steps } from './steps.ts';

export interface PermissionScope {
  clients: Clients;
  steps: Steps;
  account: string;
  region: string;
}

/**
 * An event of an AWS service: nobody may put one, so that the emulator's own judgement of the deployed rules' patterns decides, and what
 * they name as targets is invoked.
 * @throws Error if no rule matches.
 */
export async function injectServiceEvent(
  { clients, steps, account, region }: PermissionScope,
  NamePrefix: string,
  source: string,
  detailType: string,
  detail: object,
): Promise<void> {
  const { events, functions } = clients;
  const time = new Date().toISOString();
  const envelope = { version: '0', id: crypto.randomUUID(), source, account, time, region, resources: [] };
  const Event = JSON.stringify({ ...envelope, 'detail-type': detailType, detail });
  const { Rules = [] } = await events.send(new ListRulesCommand({ NamePrefix }));
  let invoked = 0;
  for (const { Name } of Rules) {
    const { EventPattern } = await events.send(new DescribeRuleCommand({ Name }));
    const { Result } = await events.send(new TestEventPatternCommand({ EventPattern, Event }));
    if (!Result) continue;
    const { Targets = [] } = await events.send(new ListTargetsByRuleCommand({ Rule: Name }));
    for (const { Arn: FunctionName } of Targets) {
      const sent = new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: Buffer.from(Event) });
      await functions.send(sent);
      invoked += 1;
    }
  }
  if (invoked === 0) throw new Error(`no rule of ${NamePrefix} matches ${detailType}`);
  steps.inject(
    `${source}, ${detailType}: matched against the deployed rules by the emulator, and handed to their targets`,
  );
}

/** Moves what failed back, as an operator does. */
export async function moveFailedMessages(sqs: SQSClient, steps: Steps, base: string, place: string): Promise<void> {
  const arn = (name: string) => `arn:aws:sqs:${place}:${base}-${name}`;
  const SourceArn = arn('failed-mirrors');
  const DestinationArn = arn('replay');
  try {
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    return;
  } catch (error) {
    steps.inject(
      `StartMessageMoveTask (the emulator: ${(error as Error).message}): messages received, sent and deleted one by one`,
    );
  }
  const [from, to] = [await queueUrl(sqs, `${base}-failed-mirrors`), await queueUrl(sqs, `${base}-replay`)];
  for (;;) {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: from, WaitTimeSeconds: 1 }));
    if (Messages.length === 0) return;
    for (const { Body, ReceiptHandle } of Messages) {
      await sqs.send(new SendMessageCommand({ QueueUrl: to, MessageBody: Body }));
      await sqs.send(new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle }));
    }
  }
}
