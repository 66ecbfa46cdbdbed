/** The one place in which the services' SDK clients are built; CodeCommit's, which the command needs too, is in `codecommit.ts`. */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requestHandler } from './request-handler.ts';

export const cloudFormation = () => new CloudFormationClient(requestHandler());
export const ec2 = () => new EC2Client(requestHandler());
export const ecs = () => new ECSClient(requestHandler());
export const eventBridge = () => new EventBridgeClient(requestHandler());
export const scheduler = () => new SchedulerClient(requestHandler());
export const sqs = () => new SQSClient(requestHandler());
export const dynamoDbDocument = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient(requestHandler()), {
    marshallOptions: { removeUndefinedValues: true },
  });
