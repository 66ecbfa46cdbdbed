/** One page of a query or scan: `Limit` items or 1 MB read, counted before the filter. */
import { holds } from './condition.ts';
import { validationError } from './errors.ts';
import { projectItem } from './paths.ts';
import type { Condition, Path } from './syntax.ts';
import type { Index, Table } from './table.ts';
import { type Item, itemSize } from './values.ts';

const PAGE_BYTES = 1024 * 1024;

interface Page {
  readonly input: Record<string, unknown>;
  readonly table: Table;
  readonly index: Index | undefined;
  readonly filter: Condition | undefined;
  readonly paths: Path[] | undefined;
}

/** The answer over `source`, what is left of the partition or table in order. */
export function readPage(source: readonly Item[], { input, table, index, filter, paths }: Page): unknown {
  const limit = typeof input.Limit === 'number' ? input.Limit : Number.POSITIVE_INFINITY;
  if (limit < 1) {
    throw validationError(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1`,
    );
  }
  const found: Item[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: Item | undefined;
  for (const item of source) {
    scanned += 1;
    bytes += itemSize(item);
    last = item;
    if (filter === undefined || holds(filter, item)) found.push(item);
    if (scanned >= limit || bytes >= PAGE_BYTES) break;
  }
  // A page that stopped at its limit carries a key even if nothing follows, as on AWS.
  const stopped = last !== undefined && (scanned >= limit || bytes >= PAGE_BYTES);
  const keys = [...table.keyNames, ...(index === undefined ? [] : [index.key.hash, index.key.range])];
  const lastKey: Item = {};
  for (const name of keys) if (name !== undefined && last?.[name] !== undefined) lastKey[name] = last[name];
  const project = (item: Item) => {
    const seen = index?.projected === undefined ? item : pick(item, index.projected);
    return paths === undefined ? seen : projectItem(seen, paths);
  };
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: found.map(project) }),
    Count: found.length,
    ScannedCount: scanned,
    ...(stopped ? { LastEvaluatedKey: lastKey } : {}),
  };
}

function pick(item: Item, names: ReadonlySet<string>): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}
