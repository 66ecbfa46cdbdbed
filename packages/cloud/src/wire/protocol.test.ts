/** One door for clients of every age: JSON, forms and CBOR to the same service, and a clear word where there is none. */
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { cbor } from '@smithy/core/cbor';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createWorld, type World } from '../testing/world.ts';

let world: World;
let url: string;
beforeEach(async () => {
  world = await createWorld({
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: 'a',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: 'letters' }],
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        Statistic: 'Maximum',
      },
    },
  });
  ({ url } = await world.cloud.listen());
});
afterEach(() => world.close());

const ask = (service: string, path: string, headers: Record<string, string>, body: string | Uint8Array) => {
  const { accessKeyId } = world.clientOptions().credentials;
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260105/ap-northeast-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
};
const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

it('SQS takes forms, as clients from before its JSON protocol send them', async () => {
  const client = new SQSClient({ ...world.clientOptions(), endpoint: url });
  const QueueUrl = `${url}/123456789012/letters`;
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a <b>' }));
  const listed = await (await ask('sqs', '/', form, 'Action=ListQueues&Version=2012-11-05')).text();
  expect(listed).toContain(`<QueueUrl>${url}/123456789012/letters</QueueUrl>`);
  const body = `Action=ReceiveMessage&QueueUrl=${encodeURIComponent(QueueUrl)}&AttributeName.1=All&MaxNumberOfMessages=5`;
  const received = await (await ask('sqs', '/123456789012/letters', form, body)).text();
  expect(received).toMatch(/<Message><MessageId>[^<]+<\/MessageId>.*<Body>a &#60;b&#62;<\/Body>/);
  expect(received).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
  const missing = await (await ask('sqs', '/', form, 'Action=GetQueueUrl&QueueName=none')).text();
  expect(missing).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>');
});

it('CloudWatch takes CBOR and forms', async () => {
  const cborHeaders = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' };
  const path = '/service/GraniteServiceVersion20100801/operation/DescribeAlarms';
  const answer = await ask('monitoring', path, cborHeaders, cbor.serialize({ AlarmNamePrefix: 'a' }));
  expect(answer.headers.get('smithy-protocol')).toBe('rpc-v2-cbor');
  expect(cbor.deserialize(new Uint8Array(await answer.arrayBuffer()))).toMatchObject({
    MetricAlarms: [{ AlarmName: 'a', StateValue: 'OK' }],
  });
  const xml = await (await ask('monitoring', '/', form, 'Action=DescribeAlarms&AlarmNames.member.1=a')).text();
  expect(xml).toContain('<MetricAlarms><member><AlarmName>a</AlarmName>');
});

it('what is not simulated is refused by name, in the protocol of the asker', async () => {
  const xml = await (await ask('redshift', '/', form, 'Action=DescribeClusters&Version=1')).text();
  expect(xml).toMatch(/<Code>UnknownService<\/Code>.*redshift.*DescribeClusters/);
  const target = { 'x-amz-target': 'Glue_1.GetTables', 'content-type': 'application/x-amz-json-1.1' };
  expect(await (await ask('glue', '/', target, '{}')).json()).toMatchObject({
    __type: 'UnknownService',
    message: expect.stringMatching(/"glue".*GetTables/),
  });
  const unknown = { 'x-amz-target': 'AmazonSQS.AddPermission', 'content-type': 'application/x-amz-json-1.0' };
  expect(await (await ask('sqs', '/', unknown, '{}')).json()).toMatchObject({
    message: expect.stringContaining('AddPermission'),
  });
});
