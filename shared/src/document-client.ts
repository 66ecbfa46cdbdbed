/** DynamoDB's client. Its library cannot be shaken out of a bundle that has this file, so only what reads the table imports it. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { hostOptions } from './host-options.ts';

/** @param settings of the client, such as timeouts */
export const dynamoDbDocument = (settings: object = {}) =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...settings, ...hostOptions() }), {
    marshallOptions: { removeUndefinedValues: true },
  });
