/** One table: its description, and its items, kept per partition in sort order. Items in it are never changed, only replaced. */
import { createHash } from 'node:crypto';
import { validationError } from './errors.ts';
import { type AttributeValue, compareValues, type Item, typeOf } from './values.ts';

/** The names of a table's or index's key attributes. */
export interface KeySchema {
  readonly hash: string;
  readonly range: string | undefined;
}

export interface Index {
  readonly name: string;
  readonly key: KeySchema;
  /** Undefined: all attributes. */
  readonly projected: ReadonlySet<string> | undefined;
  readonly global: boolean;
}

export interface TableDefinition {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAtMs: number;
  readonly key: KeySchema;
  readonly types: ReadonlyMap<string, string>;
  readonly indexes: ReadonlyMap<string, Index>;
  /** What CreateTable was given, for DescribeTable. */
  readonly input: Readonly<Record<string, unknown>>;
}

interface Partition {
  readonly hash: string;
  /** In order of the sort key. */
  readonly items: Item[];
}

const MAX_HASH_BYTES = 2048;
const MAX_RANGE_BYTES = 1024;

export class Table {
  readonly definition: TableDefinition;
  timeToLive: { AttributeName: string; Enabled: boolean } | undefined;
  readonly #partitions = new Map<string, Partition>();
  #itemCount = 0;

  constructor(definition: TableDefinition) {
    this.definition = definition;
  }

  get itemCount(): number {
    return this.#itemCount;
  }

  get keyNames(): string[] {
    const { hash, range } = this.definition.key;
    return range === undefined ? [hash] : [hash, range];
  }

  /** The key of a request. @throws ValidationException if it is not exactly this table's key. */
  readKey(key: Item): Item {
    const names = this.keyNames;
    if (Object.keys(key).length !== names.length || names.some((name) => key[name] === undefined)) {
      throw validationError('The provided key element does not match the schema');
    }
    this.#checkKey(key, 'The provided key element does not match the schema');
    return key;
  }

  /** The key of an item to put. @throws ValidationException if it lacks one, or an index key has the wrong type. */
  keyOfItem(item: Item): Item {
    const key: Item = {};
    for (const name of this.keyNames) {
      const value = item[name];
      if (value === undefined) {
        throw validationError(`One or more parameter values were invalid: Missing the key ${name} in the item`);
      }
      key[name] = value;
    }
    this.#checkKey(key);
    this.checkIndexKeys(item);
    return key;
  }

  /** Index keys may be absent, but not of another type or empty. */
  checkIndexKeys(item: Item): void {
    for (const index of this.definition.indexes.values()) {
      for (const name of [index.key.hash, index.key.range]) {
        const value = name === undefined ? undefined : item[name];
        if (name === undefined || value === undefined) continue;
        const expected = this.definition.types.get(name);
        if (typeOf(value) !== expected) {
          throw validationError(
            `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${expected} Actual: ${typeOf(value)} IndexName: ${index.name}`,
          );
        }
        if (('S' in value && value.S === '') || ('B' in value && value.B === '')) {
          throw validationError(
            `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${'S' in value ? 'string' : 'binary'} value. IndexName: ${index.name}, IndexKey: ${name}`,
          );
        }
      }
    }
  }

  get(key: Item): Item | undefined {
    const partition = this.#partitions.get(hashText(key[this.definition.key.hash]));
    if (partition === undefined) return undefined;
    const { index, found } = this.#locate(partition, key);
    return found ? partition.items[index] : undefined;
  }

  put(item: Item): void {
    const hash = hashText(item[this.definition.key.hash]);
    let partition = this.#partitions.get(hash);
    if (partition === undefined) {
      partition = { hash, items: [] };
      this.#partitions.set(hash, partition);
    }
    const { index, found } = this.#locate(partition, item);
    partition.items.splice(index, found ? 1 : 0, item);
    if (!found) this.#itemCount += 1;
  }

  delete(key: Item): void {
    const hash = hashText(key[this.definition.key.hash]);
    const partition = this.#partitions.get(hash);
    if (partition === undefined) return;
    const { index, found } = this.#locate(partition, key);
    if (!found) return;
    partition.items.splice(index, 1);
    this.#itemCount -= 1;
    if (partition.items.length === 0) this.#partitions.delete(hash);
  }

  /** The items of one partition, in sort order. */
  itemsOf(hash: AttributeValue): readonly Item[] {
    return this.#partitions.get(hashText(hash))?.items ?? [];
  }

  /** All items. Partitions come in an order that means nothing, as on AWS, but always the same. */
  allItems(): Item[] {
    return [...this.#partitions.values()]
      .map((partition) => ({ partition, order: createHash('md5').update(partition.hash).digest('hex') }))
      .sort((a, b) => (a.order < b.order ? -1 : 1))
      .flatMap(({ partition }) => partition.items);
  }

  #locate(partition: Partition, key: Item): { index: number; found: boolean } {
    const { range } = this.definition.key;
    if (range === undefined) return { index: 0, found: partition.items.length > 0 };
    let low = 0;
    let high = partition.items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order =
        compareValues(partition.items[middle]?.[range] as AttributeValue, key[range] as AttributeValue) ?? 0;
      if (order === 0) return { index: middle, found: true };
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return { index: low, found: false };
  }

  #checkKey(key: Item, mismatch?: string): void {
    for (const name of this.keyNames) {
      const value = key[name] as AttributeValue;
      const expected = this.definition.types.get(name);
      if (typeOf(value) !== expected) {
        throw validationError(
          mismatch ??
            `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${expected} actual: ${typeOf(value)}`,
        );
      }
      checkKeySize(name, value, name === this.definition.key.hash);
    }
  }
}

function checkKeySize(name: string, value: AttributeValue, isHash: boolean): void {
  if ('N' in value) return;
  const size = 'S' in value ? Buffer.byteLength(value.S) : 'B' in value ? Buffer.byteLength(value.B, 'base64') : 0;
  if (size === 0) {
    const kind = 'S' in value ? 'string' : 'binary';
    throw validationError(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`,
    );
  }
  const limit = isHash ? MAX_HASH_BYTES : MAX_RANGE_BYTES;
  if (size > limit) {
    throw validationError(
      isHash
        ? 'One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes'
        : 'One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes',
    );
  }
}

function hashText(value: AttributeValue | undefined): string {
  if (value === undefined) return '';
  if ('S' in value) return `S${value.S}`;
  return 'N' in value ? `N${value.N}` : 'B' in value ? `B${value.B}` : '';
}
