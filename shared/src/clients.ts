/**
 * The one place in which SDK clients are built. A host that runs the bundles without AWS (the simulated AWS, a test) puts its own
 * request handler behind all of them by setting `globalThis[Symbol.for('hourglass.requestHandler')]`; in Lambda there is none.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

const REQUEST_HANDLER = Symbol.for('hourglass.requestHandler');

function host(): object {
  const requestHandler = (globalThis as Record<symbol, unknown>)[REQUEST_HANDLER];
  return requestHandler === undefined ? {} : { requestHandler };
}

export const cloudFormation = () => new CloudFormationClient(host());
export const ec2 = () => new EC2Client(host());
export const ecs = () => new ECSClient(host());
export const eventBridge = () => new EventBridgeClient(host());
export const scheduler = () => new SchedulerClient(host());
export const sqs = () => new SQSClient(host());
export const dynamoDbDocument = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient(host()), { marshallOptions: { removeUndefinedValues: true } });
