/** When tasks last succeeded, for many at once. */
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { memoryKey } from './keys.ts';

export interface Success {
  readonly lastSuccessAtMs: number;
  readonly lastDurationMs: number | null;
}

/** As many keys as one call takes. */
const KEYS = 100;
/** Calls for what DynamoDB has put off before it is given up. */
const MAX_TURNS = 10;

/** By task key; what has never succeeded is left out. Eventually consistent. */
export async function readSuccesses(
  document: DynamoDBDocumentClient,
  tableName: string,
  leaseId: string,
  taskKeys: readonly string[],
): Promise<Map<string, Success>> {
  const found = new Map<string, Success>();
  const byPartition = new Map(taskKeys.map((taskKey) => [memoryKey(leaseId, taskKey).pk, taskKey]));
  const keys = [...byPartition.values()].map((taskKey) => memoryKey(leaseId, taskKey));
  for (let from = 0; from < keys.length; from += KEYS) {
    let wanted: Record<string, unknown>[] = keys.slice(from, from + KEYS).map((key) => ({ ...key }));
    for (let turn = 0; turn < MAX_TURNS && wanted.length > 0; turn += 1) {
      const { Responses = {}, UnprocessedKeys = {} } = await document.send(
        new BatchGetCommand({
          RequestItems: { [tableName]: { Keys: wanted, ProjectionExpression: 'pk, lastSuccessAtMs, lastDurationMs' } },
        }),
      );
      for (const { pk, lastSuccessAtMs, lastDurationMs } of Responses[tableName] ?? []) {
        const taskKey = byPartition.get(String(pk));
        if (taskKey === undefined || typeof lastSuccessAtMs !== 'number') continue;
        found.set(taskKey, {
          lastSuccessAtMs,
          lastDurationMs: typeof lastDurationMs === 'number' ? lastDurationMs : null,
        });
      }
      wanted = UnprocessedKeys[tableName]?.Keys ?? [];
    }
  }
  return found;
}
