/**
 * The single writes, in two steps so that a transaction can share them: `plan…` checks a request without looking at items,
 * `evaluate` looks at the stored item and says what would happen.
 */
import { checkCondition, holds } from './condition.ts';
import { DynamoDbError, validationError } from './errors.ts';
import { readPlaceholders } from './names.ts';
import { parseCondition, parseUpdate } from './parser.ts';
import { projectItem } from './paths.ts';
import type { Condition, Path, UpdateAction } from './syntax.ts';
import type { Table } from './table.ts';
import type { Tables } from './tables.ts';
import { applyUpdate, checkUpdate } from './update.ts';
import { type Item, itemSize, readItem } from './values.ts';

type Input = Record<string, unknown>;

export type WriteKind = 'put' | 'update' | 'delete' | 'check';

/** A checked write, not yet done. */
export interface WritePlan {
  readonly kind: WriteKind;
  readonly table: Table;
  readonly key: Item;
  readonly item: Item | undefined;
  readonly actions: readonly UpdateAction[];
  readonly condition: Condition | undefined;
  readonly returnOnFailure: boolean;
}

/** What a write comes to. `after` undefined: the item is gone. */
export type Outcome =
  | { readonly kind: 'ok'; readonly before: Item | undefined; readonly after: Item | undefined }
  | { readonly kind: 'condition-failed'; readonly before: Item | undefined };

const MAX_ITEM_BYTES = 400 * 1024;
const LEGACY = [
  'Expected',
  'AttributeUpdates',
  'ConditionalOperator',
  'AttributesToGet',
  'KeyConditions',
  'QueryFilter',
  'ScanFilter',
];

/** Refuses the parameters that expressions replaced in 2014. */
export function refuseLegacy(input: Input): void {
  const legacy = LEGACY.find((name) => input[name] !== undefined && input[name] !== null);
  if (legacy !== undefined)
    throw validationError(`The legacy parameter ${legacy} is not supported here; use an expression`);
}

/** Checks one write. @throws ValidationException, ResourceNotFoundException */
export function planWrite(kind: WriteKind, input: Input, tables: Tables): WritePlan {
  refuseLegacy(input);
  const expressions = kind === 'update' ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression'];
  const placeholders = readPlaceholders(input, expressions);
  const item = kind === 'put' ? readItem(input.Item) : undefined;
  const given = kind === 'put' ? undefined : readItem(input.Key);
  const actions =
    typeof input.UpdateExpression === 'string' && kind === 'update'
      ? parseUpdate(input.UpdateExpression, placeholders)
      : [];
  const condition =
    typeof input.ConditionExpression === 'string'
      ? parseCondition(input.ConditionExpression, 'ConditionExpression', placeholders)
      : undefined;
  if (condition !== undefined) checkCondition(condition, 'ConditionExpression');
  placeholders.finish();
  const table = tables.find(input.TableName);
  checkUpdate(actions, table.keyNames);
  const key = item === undefined ? table.readKey(given as Item) : table.keyOfItem(item);
  if (item !== undefined && itemSize(item) > MAX_ITEM_BYTES) {
    throw validationError('Item size has exceeded the maximum allowed size');
  }
  const returnOnFailure = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  return { kind, table, key, item, actions, condition, returnOnFailure };
}

/** Looks at the stored item; changes nothing. @throws ValidationException if the update cannot be applied to it. */
export function evaluate(plan: WritePlan): Outcome {
  const before = plan.table.get(plan.key);
  if (plan.condition !== undefined && !holds(plan.condition, before)) return { kind: 'condition-failed', before };
  if (plan.kind === 'put') return { kind: 'ok', before, after: plan.item };
  if (plan.kind === 'delete') return { kind: 'ok', before, after: undefined };
  if (plan.kind === 'check') return { kind: 'ok', before, after: before };
  const after = applyUpdate(plan.actions, before ?? plan.key);
  plan.table.checkIndexKeys(after);
  if (itemSize(after) > MAX_ITEM_BYTES)
    throw validationError('Item size to update has exceeded the maximum allowed size');
  return { kind: 'ok', before, after };
}

/** Stores what `evaluate` found. */
export function commit(plan: WritePlan, after: Item | undefined): void {
  if (after === undefined) plan.table.delete(plan.key);
  else if (plan.kind !== 'check') plan.table.put(after);
}

/** PutItem, UpdateItem, DeleteItem. */
export function writeOne(kind: 'put' | 'update' | 'delete', input: Input, tables: Tables): unknown {
  const plan = planWrite(kind, input, tables);
  const wanted = String(input.ReturnValues ?? 'NONE');
  if (kind !== 'update' && wanted !== 'NONE' && wanted !== 'ALL_OLD') {
    throw validationError('Return values set to invalid value');
  }
  const outcome = evaluate(plan);
  if (outcome.kind === 'condition-failed') {
    const found = plan.returnOnFailure && outcome.before !== undefined ? { Item: outcome.before } : {};
    throw new DynamoDbError('ConditionalCheckFailedException', 'The conditional request failed', found);
  }
  commit(plan, outcome.after);
  const attributes = selectReturned(wanted, outcome.before, outcome.after, plan.actions);
  return attributes === undefined ? {} : { Attributes: attributes };
}

function selectReturned(
  wanted: string,
  before: Item | undefined,
  after: Item | undefined,
  actions: readonly UpdateAction[],
): Item | undefined {
  const paths = actions.map((action): Path => action.path);
  const some = (item: Item) => (Object.keys(item).length > 0 ? item : undefined);
  switch (wanted) {
    case 'ALL_OLD':
      return before;
    case 'ALL_NEW':
      return after;
    case 'UPDATED_OLD':
      return before === undefined ? undefined : some(projectItem(before, paths));
    case 'UPDATED_NEW':
      return after === undefined ? undefined : some(projectItem(after, paths));
    default:
      return undefined;
  }
}
