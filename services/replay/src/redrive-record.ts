/** When the failed mirrors last had a redrive: one item of the table, written by compare-and-set. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ReplayEffects } from './replay.ts';

export function createRedriveRecord(
  document: DynamoDBDocumentClient,
  TableName: string,
  leaseId: string,
): Pick<ReplayEffects, 'lastRedriveMs' | 'recordRedrive'> {
  const Key = { pk: `replay#${leaseId}`, sk: 'redrive' };
  async function lastRedriveMs(): Promise<number> {
    const { Item } = await document.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Number(Item?.lastRedriveMs ?? 0);
  }
  return {
    lastRedriveMs,
    async recordRedrive(before, nowMs) {
      try {
        await document.send(
          new PutCommand({
            TableName,
            Item: { ...Key, lastRedriveMs: nowMs },
            ConditionExpression:
              before === 0 ? 'attribute_not_exists(pk) OR lastRedriveMs = :before' : 'lastRedriveMs = :before',
            ExpressionAttributeValues: { ':before': before },
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // Of a call that the SDK has sent again the first may have been carried out, and its answer lost.
        return (error.$metadata.attempts ?? 1) > 1 && (await lastRedriveMs()) === nowMs;
      }
    },
  };
}
