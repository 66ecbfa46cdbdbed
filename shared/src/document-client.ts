/** DynamoDB's client. Its library cannot be shaken out of a bundle that has this file, so only what reads the table imports it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { hostOptions } from './host-options.ts';

export const dynamoDbDocument = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient(hostOptions()), {
    marshallOptions: { removeUndefinedValues: true },
  });
