/**
 * What an item counts for in DynamoDB. Source: DynamoDB developer guide, "DynamoDB item sizes and formats" and "DynamoDB read and write
 * operations": a write takes one unit for each started KB of the item, in a transaction two.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Record<string, AttributeValue>;

/** @returns bytes: names and values, as the bill counts them. */
export function sizeOfItem(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

/** @returns write units of one action. */
export function writeUnits(bytes: number, isTransactional: boolean): number {
  return Math.max(1, Math.ceil(bytes / 1024)) * (isTransactional ? 2 : 1);
}

/** @returns read units of one strongly consistent read: one for each started four KB. */
export function readUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 4096));
}

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.replace(/\D/g, '').replace(/^0+|0+$/g, '').length / 2) + 1;
  if (value.NULL !== undefined || value.BOOL !== undefined) return 1;
  // Each element of a list or map takes a byte more, and the whole three.
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOfValue(one), 3);
  if (value.M !== undefined) return sizeOfItem(value.M) + Object.keys(value.M).length + 3;
  throw new Error(`the table holds no such value: ${JSON.stringify(value)}`);
}
