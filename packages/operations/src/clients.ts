/**
 * The SDK clients that operations ask. Each is made when it is first needed, and its code is loaded then, so that a command pays for no service
 * that it does not ask. Tests and others may pass their own.
 */
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ECSClient } from '@aws-sdk/client-ecs';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient, SSMClientConfig } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface OperatorClients {
  dynamoDb(): Promise<DynamoDBDocumentClient>;
  sqs(): Promise<SQSClient>;
  ssm(): Promise<SSMClient>;
  eventBridge(): Promise<EventBridgeClient>;
  cloudFormation(): Promise<CloudFormationClient>;
  cloudWatch(): Promise<CloudWatchClient>;
  logs(): Promise<CloudWatchLogsClient>;
  ecs(): Promise<ECSClient>;
  sts(): Promise<STSClient>;
}

/** Of every client alike: Region, credentials, endpoint, request handler. */
export type ClientSettings = Pick<
  SSMClientConfig,
  'region' | 'credentials' | 'endpoint' | 'requestHandler' | 'profile' | 'maxAttempts' | 'customUserAgent'
>;

export function createOperatorClients(settings: ClientSettings): OperatorClients {
  return {
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
    sts: once(async () => new (await import('@aws-sdk/client-sts')).STSClient(settings)),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
