/** GetItem, BatchGetItem and BatchWriteItem. */
import { validationError } from './errors.ts';
import { readPlaceholders } from './names.ts';
import { parseProjection } from './parser.ts';
import { findOverlap, formatPath, projectItem } from './paths.ts';
import type { Path } from './syntax.ts';
import type { Table } from './table.ts';
import type { Tables } from './tables.ts';
import { type Item, readItem } from './values.ts';
import { refuseLegacy, writeOne } from './writes.ts';

type Input = Record<string, unknown>;

const MAX_BATCH_READ = 100;
const MAX_BATCH_WRITE = 25;

/** GetItem, also inside TransactGetItems. */
export function readOne(input: Input, tables: Tables): { Item?: Item } {
  refuseLegacy(input);
  const paths = readProjection(input);
  const table = tables.find(input.TableName);
  const item = table.get(table.readKey(readItem(input.Key)));
  if (item === undefined) return {};
  return { Item: paths === undefined ? item : projectItem(item, paths) };
}

/** BatchGetItem. Everything asked for is answered; nothing is ever left unprocessed. */
export function readBatch(input: Input, tables: Tables): unknown {
  const requests = Object.entries((input.RequestItems ?? {}) as Record<string, Input>);
  const count = requests.reduce((sum, [, request]) => sum + asList(request.Keys).length, 0);
  if (count === 0) throw tooFew('requestItems');
  if (count > MAX_BATCH_READ) throw validationError('Too many items requested for the BatchGetItem call');
  const responses: Record<string, Item[]> = {};
  for (const [name, request] of requests) {
    refuseLegacy(request);
    const paths = readProjection(request);
    const table = tables.find(name);
    const keys = asList(request.Keys).map((key) => table.readKey(readItem(key)));
    refuseDuplicates(table, keys);
    responses[name] = keys.flatMap((key) => {
      const item = table.get(key);
      return item === undefined ? [] : [paths === undefined ? item : projectItem(item, paths)];
    });
  }
  return { Responses: responses, UnprocessedKeys: {} };
}

/** BatchWriteItem. */
export function writeBatch(input: Input, tables: Tables): unknown {
  const requests = Object.entries((input.RequestItems ?? {}) as Record<string, Input[]>);
  const count = requests.reduce((sum, [, list]) => sum + list.length, 0);
  if (count === 0) throw tooFew('requestItems');
  if (count > MAX_BATCH_WRITE) throw validationError('Too many items requested for the BatchWriteItem call');
  const writes: (() => void)[] = [];
  for (const [name, list] of requests) {
    const table = tables.find(name);
    const keys = list.map((request) => {
      const put = request.PutRequest as Input | undefined;
      const body = put ?? ((request.DeleteRequest ?? {}) as Input);
      writes.push(() => writeOne(put ? 'put' : 'delete', { ...body, TableName: name }, tables));
      return put ? table.keyOfItem(readItem(put.Item)) : table.readKey(readItem(body.Key));
    });
    refuseDuplicates(table, keys);
  }
  for (const write of writes) write();
  return { UnprocessedItems: {} };
}

/** The paths of a request's ProjectionExpression, if it stands alone with its names. */
function readProjection(input: Input): Path[] | undefined {
  const placeholders = readPlaceholders(input, ['ProjectionExpression']);
  if (typeof input.ProjectionExpression !== 'string') return undefined;
  const paths = parseProjection(input.ProjectionExpression, placeholders);
  placeholders.finish();
  refuseOverlap(paths);
  return paths;
}

/** @throws ValidationException if one path contains another. */
export function refuseOverlap(paths: readonly Path[]): void {
  const overlap = findOverlap(paths);
  if (overlap === undefined) return;
  throw validationError(
    `Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${formatPath(overlap[0])}, path two: ${formatPath(overlap[1])}`,
  );
}

function refuseDuplicates(table: Table, keys: readonly Item[]): void {
  const distinct = new Set(keys.map((key) => JSON.stringify(table.keyNames.map((name) => key[name]))));
  if (distinct.size !== keys.length) throw validationError('Provided list of item keys contains duplicates');
}

function tooFew(member: string): Error {
  return validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length greater than or equal to 1`,
  );
}

function asList(input: unknown): unknown[] {
  return Array.isArray(input) ? input : [];
}
