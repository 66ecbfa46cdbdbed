/** Query and Scan, on the table or an index, in pages of `Limit` items or 1 MB read. */
import { checkCondition, holds } from './condition.ts';
import { validationError } from './errors.ts';
import { readKeyCondition } from './key-condition.ts';
import { type Placeholders, readPlaceholders } from './names.ts';
import { readPage } from './page.ts';
import { parseCondition, parseProjection } from './parser.ts';
import { refuseOverlap } from './reads.ts';
import type { Condition, Path } from './syntax.ts';
import type { Index, KeySchema, Table } from './table.ts';
import type { Tables } from './tables.ts';
import { type AttributeValue, compareValues, equalValues, type Item, readItem } from './values.ts';
import { refuseLegacy } from './writes.ts';

type Input = Record<string, unknown>;

export function query(input: Input, tables: Tables): unknown {
  refuseLegacy(input);
  const placeholders = readPlaceholders(input, ['KeyConditionExpression', 'FilterExpression', 'ProjectionExpression']);
  if (typeof input.KeyConditionExpression !== 'string') {
    throw validationError(
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    );
  }
  const parsed = parseCondition(input.KeyConditionExpression, 'KeyConditionExpression', placeholders);
  checkCondition(parsed, 'KeyConditionExpression');
  const { filter, paths } = readShared(input, placeholders);
  const table = tables.find(input.TableName);
  const index = findIndex(table, input);
  const schema = index?.key ?? table.definition.key;
  const { hash, range } = readKeyCondition(parsed, schema, table.definition.types);
  refuseKeysInFilter(filter, schema);
  const source =
    index === undefined
      ? table.itemsOf(hash)
      : sortedIndex(table, index).filter((item) => isOfHash(item, schema, hash));
  const matching = range === undefined ? [...source] : source.filter((item) => holds(range, item));
  if (input.ScanIndexForward === false) matching.reverse();
  const start = readStartKey(input, table, index);
  if (start !== undefined && !isOfHash(start, schema, hash)) {
    throw validationError('The provided starting key is outside query boundaries based on provided conditions');
  }
  const from = start === undefined ? 0 : startAfter(matching, start, table, schema, input.ScanIndexForward !== false);
  return readPage(matching.slice(from), { input, table, index, filter, paths });
}

export function scan(input: Input, tables: Tables): unknown {
  refuseLegacy(input);
  const placeholders = readPlaceholders(input, ['FilterExpression', 'ProjectionExpression']);
  const { filter, paths } = readShared(input, placeholders);
  const table = tables.find(input.TableName);
  const index = findIndex(table, input);
  let items = index === undefined ? table.allItems() : sortedIndex(table, index);
  if (typeof input.TotalSegments === 'number') {
    const { TotalSegments: total, Segment: segment } = input;
    items = items.filter((item) => segmentOf(item[table.definition.key.hash], total) === segment);
  }
  const start = readStartKey(input, table, index);
  if (start !== undefined) {
    const position = items.findIndex((item) => table.keyNames.every((name) => sameAttribute(item, start, name)));
    // The item may be gone meanwhile; the order of a scan is total, so put it back for a moment to find its place.
    items = position >= 0 ? items.slice(position + 1) : afterMissing(items, start, table, index);
  }
  return readPage(items, { input, table, index, filter, paths });
}

function readShared(
  input: Input,
  placeholders: Placeholders,
): { filter: Condition | undefined; paths: Path[] | undefined } {
  const filter =
    typeof input.FilterExpression === 'string'
      ? parseCondition(input.FilterExpression, 'FilterExpression', placeholders)
      : undefined;
  if (filter !== undefined) checkCondition(filter, 'FilterExpression');
  const paths =
    typeof input.ProjectionExpression === 'string'
      ? parseProjection(input.ProjectionExpression, placeholders)
      : undefined;
  placeholders.finish();
  if (paths !== undefined) refuseOverlap(paths);
  if (input.Select === 'COUNT' && paths !== undefined) {
    throw validationError('Cannot specify the ProjectionExpression when choosing to get only the Count');
  }
  return { filter, paths };
}

function findIndex(table: Table, input: Input): Index | undefined {
  if (typeof input.IndexName !== 'string') return undefined;
  const index = table.definition.indexes.get(input.IndexName);
  if (index === undefined) throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  if (index.global && input.ConsistentRead === true) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  return index;
}

function sortedIndex(table: Table, { key }: Index): Item[] {
  const { range } = key;
  const items = table
    .allItems()
    .filter((item) => item[key.hash] !== undefined && (range === undefined || item[range] !== undefined));
  return items
    .map((item, position) => ({ item, position }))
    .sort(
      (a, b) =>
        compareAttribute(a.item, b.item, key.hash) ||
        (range === undefined ? 0 : compareAttribute(a.item, b.item, range)) ||
        a.position - b.position,
    )
    .map(({ item }) => item);
}

function readStartKey(input: Input, table: Table, index: Index | undefined): Item | undefined {
  if (input.ExclusiveStartKey === undefined || input.ExclusiveStartKey === null) return undefined;
  const start = readItem(input.ExclusiveStartKey);
  const names = new Set([...table.keyNames, index?.key.hash, index?.key.range].filter((name) => name !== undefined));
  if (Object.keys(start).length !== names.size || [...names].some((name) => start[name] === undefined)) {
    throw validationError('The provided starting key is invalid');
  }
  return start;
}

function startAfter(items: readonly Item[], start: Item, table: Table, schema: KeySchema, forward: boolean): number {
  const exact = items.findIndex((item) => table.keyNames.every((name) => sameAttribute(item, start, name)));
  if (exact >= 0) return exact + 1;
  const { range } = schema;
  if (range === undefined) return items.length;
  const position = items.findIndex((item) => compareAttribute(item, start, range) * (forward ? 1 : -1) > 0);
  return position < 0 ? items.length : position;
}

function afterMissing(items: Item[], start: Item, table: Table, index: Index | undefined): Item[] {
  const present = table.get(start) !== undefined;
  if (present) return [];
  const key: Item = {};
  for (const name of table.keyNames) key[name] = start[name] as AttributeValue;
  table.put(start);
  const withStart = index === undefined ? table.allItems() : sortedIndex(table, index);
  table.delete(key);
  const position = withStart.indexOf(start);
  const before = new Set(withStart.slice(0, position));
  return items.filter((item) => !before.has(item));
}

function refuseKeysInFilter(filter: Condition | undefined, schema: KeySchema): void {
  const named = filter === undefined ? undefined : findKey(filter, schema);
  if (named !== undefined) {
    throw validationError(
      `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${named}`,
    );
  }
}

function findKey(node: unknown, schema: KeySchema): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if ('path' in node && Array.isArray(node.path)) {
    const [name] = node.path;
    return name === schema.hash || name === schema.range ? name : undefined;
  }
  if ('placeholder' in node) return undefined;
  for (const child of Object.values(node)) {
    const found = findKey(child, schema);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isOfHash(item: Item, schema: KeySchema, hash: AttributeValue): boolean {
  const value = item[schema.hash];
  return value !== undefined && equalValues(value, hash);
}

function sameAttribute(a: Item, b: Item, name: string): boolean {
  return equalValues(a[name] as AttributeValue, b[name] as AttributeValue);
}

function compareAttribute(a: Item, b: Item, name: string): number {
  return compareValues(a[name] as AttributeValue, b[name] as AttributeValue) ?? 0;
}

function segmentOf(value: AttributeValue | undefined, total: number): number {
  let sum = 0;
  for (const byte of Buffer.from(JSON.stringify(value ?? ''))) sum = (sum * 31 + byte) >>> 0;
  return sum % total;
}
