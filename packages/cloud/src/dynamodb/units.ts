/**
 * What an item counts for in DynamoDB. Source: DynamoDB developer guide, "DynamoDB item sizes and formats" and "DynamoDB read and write
 * operations": a write takes one unit for each started KB of the item, in a transaction two.
 */
/** As it goes over the wire: what is binary is base64. */
interface Value {
  S?: string;
  N?: string;
  B?: unknown;
  BOOL?: boolean;
  NULL?: boolean;
  L?: Value[];
  M?: Record<string, Value>;
  SS?: string[];
  NS?: string[];
  BS?: unknown[];
}

export type Item = Record<string, Value>;

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

function sizeOfValue(value: Value): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return sizeOfNumber(value.N);
  if (value.B !== undefined) return sizeOfBinary(value.B);
  // Each element of a list or map takes a byte more, and the whole three.
  if (value.L !== undefined) return value.L.reduce((sum, one) => sum + 1 + sizeOfValue(one), 3);
  if (value.M !== undefined) return sizeOfItem(value.M) + Object.keys(value.M).length + 3;
  if (value.SS !== undefined) return value.SS.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  if (value.NS !== undefined) return value.NS.reduce((sum, one) => sum + sizeOfNumber(one), 0);
  if (value.BS !== undefined) return value.BS.reduce<number>((sum, one) => sum + sizeOfBinary(one), 0);
  return 1;
}

function sizeOfNumber(number: string): number {
  return Math.ceil(number.replace(/\D/g, '').replace(/^0+|0+$/g, '').length / 2) + 1;
}

function sizeOfBinary(base64: unknown): number {
  return Buffer.byteLength(String(base64), 'base64');
}
