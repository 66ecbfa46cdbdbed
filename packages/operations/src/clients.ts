/**
 * The SDK clients that operations ask. Each is made when it is first needed, and its code is loaded then, so that a command pays for no service
 * that it does not ask. Tests and others may pass their own.
 */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { CostExplorerClient } from '@aws-sdk/client-cost-explorer';
import type { ECRClient } from '@aws-sdk/client-ecr';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient, SSMClientConfig } from '@aws-sdk/client-ssm';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createAccountClients } from './checks/account-clients.ts';
import type { AccountClients } from './checks/read-account.ts';
import { nameCalls } from './name-calls.ts';
import { once } from './once.ts';

export interface OperatorClients extends AccountClients {
  dynamoDb(): Promise<DynamoDBDocumentClient>;
  sqs(): Promise<SQSClient>;
  ssm(): Promise<SSMClient>;
  eventBridge(): Promise<EventBridgeClient>;
  cloudFormation(): Promise<CloudFormationClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  logs(): Promise<CloudWatchLogsClient>;
  ecs(): Promise<ECSClient>;
  iam(): Promise<IAMClient>;
  lambda(): Promise<LambdaClient>;
  ecr(): Promise<ECRClient>;
  scheduler(): Promise<SchedulerClient>;
  costExplorer(): Promise<CostExplorerClient>;
}

/** Of every client alike: Region, credentials, endpoint, request handler. */
export type ClientSettings = Pick<
  SSMClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'profile' | 'maxAttempts' | 'customUserAgent'
>;

export function createOperatorClients(settings: ClientSettings): OperatorClients {
  return nameCalls<OperatorClients>({
    dynamoDb: once(async () => {
      const [{ DynamoDBClient }, { DynamoDBDocumentClient }] = await Promise.all([
        import('@aws-sdk/client-dynamodb'),
        import('@aws-sdk/lib-dynamodb'),
      ]);
      return DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
        marshallOptions: { removeUndefinedValues: true },
      });
    }),
    sqs: once(async () => new (await import('@aws-sdk/client-sqs')).SQSClient(settings)),
    ssm: once(async () => new (await import('@aws-sdk/client-ssm')).SSMClient(settings)),
    eventBridge: once(async () => new (await import('@aws-sdk/client-eventbridge')).EventBridgeClient(settings)),
    cloudFormation: once(
      async () => new (await import('@aws-sdk/client-cloudformation')).CloudFormationClient(settings),
    ),
    cloudWatch: once(async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatchClient(settings)),
    logs: once(async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogsClient(settings)),
    ecs: once(async () => new (await import('@aws-sdk/client-ecs')).ECSClient(settings)),
    iam: once(async () => new (await import('@aws-sdk/client-iam')).IAMClient(settings)),
    lambda: once(async () => new (await import('@aws-sdk/client-lambda')).LambdaClient(settings)),
    ecr: once(async () => new (await import('@aws-sdk/client-ecr')).ECRClient(settings)),
    scheduler: once(async () => new (await import('@aws-sdk/client-scheduler')).SchedulerClient(settings)),
    ...createAccountClients(settings),
    // Everywhere but in China it has one endpoint, in us-east-1; a Region of the partition leads there.
    costExplorer: once(async () => new (await import('@aws-sdk/client-cost-explorer')).CostExplorerClient(settings)),
  });
}
