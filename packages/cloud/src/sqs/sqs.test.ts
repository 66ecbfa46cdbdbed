/** SQS by its real client: visibility, redrive, moves, batches, errors. */
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

const queues = {
  Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
  Work: {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: 'work',
      VisibilityTimeout: 60,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
    },
  },
};

describe('sqs', () => {
  let world: World;
  let sqs: SQSClient;
  const urlOf = (id: string): string => world.stack.resources.get(id)?.ref ?? '';
  const receive = async (id: string): Promise<Message | undefined> =>
    (
      await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: urlOf(id),
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
      )
    ).Messages?.[0];

  beforeEach(async () => {
    world = await createWorld(queues);
    sqs = new SQSClient(world.clientOptions());
  });
  afterEach(() => world.close());

  it('refuses characters that XML does not have, in the body and in an attribute', async () => {
    const send = (MessageBody: string, StringValue: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: urlOf('Work'),
          MessageBody,
          MessageAttributes: { why: { DataType: 'String', StringValue } },
        }),
      );
    await expect(send('a\u0000', 'b')).rejects.toThrow(/Invalid binary character/);
    await expect(send('a', 'b\uffff')).rejects.toThrow(/Invalid binary character/);
    await send('a\t\u{1f600}', 'b');
  });

  it('gives a message with its attributes, hides it, and deletes it', async () => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: urlOf('Work'),
        MessageBody: 'grüezi',
        MessageAttributes: {
          b: { DataType: 'Number', StringValue: '7' },
          a: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2]) },
        },
      }),
    );
    const message = await receive('Work');
    expect(message?.Body).toBe('grüezi');
    expect(message?.MessageAttributes?.b?.StringValue).toBe('7');
    expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(await receive('Work')).toBeUndefined();
    await sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf('Work'), ReceiptHandle: message?.ReceiptHandle }));
    await world.cloud.driver.advanceBy(61_000);
    expect(await receive('Work')).toBeUndefined();
  });

  it('shows a message again after its visibility timeout, then moves it to the dead-letter queue', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('Work'), MessageBody: 'x' }));
    for (let round = 0; round < 2; round++) {
      expect((await receive('Work'))?.Body).toBe('x');
      await world.cloud.driver.advanceBy(60_000);
    }
    expect(await receive('Work')).toBeUndefined();
    const dead = await receive('Dead');
    expect(dead?.Attributes?.DeadLetterQueueSourceArn).toBe(world.cloud.core.arn('sqs', 'work'));
    expect(world.tracesOf('message-dead-lettered')).toHaveLength(1);
  });

  it('moves dead messages back to where they died', async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('Work'), MessageBody: 'x' }));
    for (let round = 0; round < 3; round++) {
      await receive('Work');
      await world.cloud.driver.advanceBy(60_000);
    }
    const SourceArn = world.cloud.core.arn('sqs', 'dead');
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
    });
    await world.cloud.driver.runUntilIdle();
    expect((await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results?.[0]).toMatchObject({
      Status: 'COMPLETED',
      ApproximateNumberOfMessagesMoved: 1,
    });
    expect((await receive('Work'))?.Attributes?.ApproximateReceiveCount).toBe('1');
  });

  it('refuses to move from a queue that is nobody’s dead-letter queue', async () => {
    const SourceArn = world.cloud.core.arn('sqs', 'work');
    await expect(sqs.send(new StartMessageMoveTaskCommand({ SourceArn }))).rejects.toThrow(/Dead Letter Queue/);
  });

  it('delays messages and counts them', async () => {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: urlOf('Work'),
        Entries: [
          { Id: '1', MessageBody: 'now' },
          { Id: '2', MessageBody: 'later', DelaySeconds: 30 },
        ],
      }),
    );
    const counts = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: urlOf('Work'), AttributeNames: ['All'] }));
    expect(counts.Attributes).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesDelayed: '1',
    });
  });

  it('waits for a message in a long poll, while the clock is driven', async () => {
    const driving = world.cloud.driver.drive({ speed: 'jump' });
    const waiting = sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf('Work'), WaitTimeSeconds: 20 }));
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf('Work'), MessageBody: 'x', DelaySeconds: 5 }));
    expect((await waiting).Messages?.[0]?.Body).toBe('x');
    await driving.stop();
  });

  it('raises the client’s own exception for a queue that is not there', async () => {
    await expect(
      sqs.send(
        new SendMessageCommand({
          QueueUrl: 'https://sqs.ap-northeast-1.amazonaws.com/123456789012/none',
          MessageBody: 'x',
        }),
      ),
    ).rejects.toMatchObject({ name: expect.stringMatching(/QueueDoesNotExist|NonExistentQueue/) });
  });
});
