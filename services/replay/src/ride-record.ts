/** When the failed mirrors last had a free ride: one item of the table, written by compare-and-set. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ReplayEffects } from './replay.ts';

export function createRideRecord(
  document: DynamoDBDocumentClient,
  TableName: string,
  leaseId: string,
): Pick<ReplayEffects, 'lastRideMs' | 'recordRide'> {
  const Key = { pk: `replay#${leaseId}`, sk: 'ride' };
  return {
    async lastRideMs() {
      const { Item } = await document.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Number(Item?.lastRideMs ?? 0);
    },
    async recordRide(before, nowMs) {
      try {
        await document.send(
          new PutCommand({
            TableName,
            Item: { ...Key, lastRideMs: nowMs },
            ConditionExpression: before === 0 ? 'attribute_not_exists(pk)' : 'lastRideMs = :before',
            ...(before > 0 && { ExpressionAttributeValues: { ':before': before } }),
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
