/**
 * The one place in which the services' SDK clients are built; CodeCommit's, which the command needs too, is in `codecommit.ts`, and DynamoDB's in
 * `document-client.ts`, so that a bundle which does not read the table goes without its library.
 */
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient } from '@aws-sdk/client-ecs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { givesUpSoon, hostOptions } from './host-options.ts';

export const cloudFormation = () => new CloudFormationClient(hostOptions());
export const ec2 = () => new EC2Client(hostOptions());
export const ecs = () => new ECSClient(hostOptions());
export const eventBridge = () => new EventBridgeClient(hostOptions());
export const sns = () => new SNSClient(hostOptions());
export const lambda = () => new LambdaClient(hostOptions());
export const s3 = () => new S3Client({ ...givesUpSoon, ...hostOptions() });
export const scheduler = () => new SchedulerClient(hostOptions());
export const sqs = () => new SQSClient(hostOptions());
export const ssm = () => new SSMClient(hostOptions());
