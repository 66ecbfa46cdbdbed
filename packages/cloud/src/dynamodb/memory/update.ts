/**
 * Applies a parsed UpdateExpression. Every operand is read from the item as it was; the stored item is never changed, the
 * result is a new one that shares what did not change.
 */
import { addDecimals, formatDecimal, parseDecimal } from './decimal.ts';
import { validationError } from './errors.ts';
import { findOverlap, formatPath, readPath } from './paths.ts';
import type { Path, SetValue, UpdateAction } from './syntax.ts';
import { type AttributeValue, type Item, typeOf } from './values.ts';

const WRONG_TYPE = 'An operand in the update expression has an incorrect data type';
const WRONG_PATH = 'The document path provided in the update expression is invalid for update';
const NO_ATTRIBUTE = 'The provided expression refers to an attribute that does not exist in the item';

/** Refuses overlapping paths, key attributes, and constants an action cannot take, before any item is read. */
export function checkUpdate(actions: readonly UpdateAction[], keyNames: readonly string[]): void {
  const overlap = findOverlap(actions.map((action) => action.path));
  if (overlap !== undefined) {
    throw validationError(
      `Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: ${formatPath(overlap[0])}, path two: ${formatPath(overlap[1])}`,
    );
  }
  for (const action of actions) {
    if (action.kind === 'add' || action.kind === 'delete') {
      const type = typeOf(action.value);
      const isSet = type === 'SS' || type === 'NS' || type === 'BS';
      if (!isSet && !(action.kind === 'add' && type === 'N')) throw wrongOperand(action.kind.toUpperCase(), type);
    } else if (action.kind === 'set') checkConstants(action.value);
    if (keyNames.includes(action.path[0])) {
      throw validationError(
        `One or more parameter values were invalid: Cannot update attribute ${action.path[0]}. This attribute is part of the key`,
      );
    }
  }
}

/** The item after the update. `before` is the stored item, or only its key where none is stored. @throws ValidationException */
export function applyUpdate(actions: readonly UpdateAction[], before: Item): Item {
  const after: Item = { ...before };
  const writes: [Path, AttributeValue][] = [];
  const removals: Path[] = [];
  for (const action of actions) {
    const old = readPath(before, action.path);
    if (action.kind === 'set') writes.push([action.path, computeValue(action.value, before)]);
    else if (action.kind === 'remove') removals.push(action.path);
    else if (action.kind === 'add') writes.push([action.path, addTo(old, action.value)]);
    else if (old !== undefined) {
      const rest = subtract(old, action.value);
      if (rest === undefined) removals.push(action.path);
      else writes.push([action.path, rest]);
    }
  }
  // Indexes count in the list as it was: appends in order of their index, removals from the end.
  writes.sort(([a], [b]) => lastIndex(a) - lastIndex(b));
  removals.sort((a, b) => lastIndex(b) - lastIndex(a));
  for (const [path, value] of writes) change(after, path, value);
  for (const path of removals) change(after, path, undefined);
  return after;
}

function computeValue(value: SetValue, item: Item): AttributeValue {
  switch (value.kind) {
    case 'value':
      return value.value;
    case 'path':
      return readPath(item, value.path) ?? raise(NO_ATTRIBUTE);
    case 'default':
      return readPath(item, value.path) ?? computeValue(value.otherwise, item);
    case 'append': {
      const left = computeValue(value.left, item);
      const right = computeValue(value.right, item);
      if (!('L' in left) || !('L' in right)) return raise(WRONG_TYPE);
      return { L: [...left.L, ...right.L] };
    }
    case 'plus':
    case 'minus': {
      const left = computeValue(value.left, item);
      const right = computeValue(value.right, item);
      if (!('N' in left) || !('N' in right)) return raise(WRONG_TYPE);
      return { N: addNumbers(left.N, right.N, value.kind === 'plus' ? 1 : -1) };
    }
    default:
      return raise(WRONG_TYPE);
  }
}

function addTo(old: AttributeValue | undefined, added: AttributeValue): AttributeValue {
  if (old === undefined) return added;
  if ('N' in old && 'N' in added) return { N: addNumbers(old.N, added.N, 1) };
  if ('SS' in old && 'SS' in added) return { SS: [...new Set([...old.SS, ...added.SS])] };
  if ('NS' in old && 'NS' in added) return { NS: [...new Set([...old.NS, ...added.NS])] };
  if ('BS' in old && 'BS' in added) return { BS: [...new Set([...old.BS, ...added.BS])] };
  return raise(WRONG_TYPE);
}

function subtract(old: AttributeValue, removed: AttributeValue): AttributeValue | undefined {
  const without = (from: string[], what: string[]) => from.filter((element) => !what.includes(element));
  if ('SS' in old && 'SS' in removed) return keepUnlessEmpty('SS', without(old.SS, removed.SS));
  if ('NS' in old && 'NS' in removed) return keepUnlessEmpty('NS', without(old.NS, removed.NS));
  if ('BS' in old && 'BS' in removed) return keepUnlessEmpty('BS', without(old.BS, removed.BS));
  return raise(WRONG_TYPE);
}

function keepUnlessEmpty(type: 'SS' | 'NS' | 'BS', rest: string[]): AttributeValue | undefined {
  return rest.length > 0 ? ({ [type]: rest } as AttributeValue) : undefined;
}

/** Writes or removes at a path, copying the maps and lists on the way. */
function change(item: Item, path: Path, value: AttributeValue | undefined): void {
  const [name, ...steps] = path;
  const changed = steps.length === 0 ? value : changeInside(item[name], steps, value);
  if (changed === undefined) delete item[name];
  else item[name] = changed;
}

function changeInside(
  container: AttributeValue | undefined,
  steps: readonly (string | number)[],
  value: AttributeValue | undefined,
): AttributeValue {
  const [step, ...rest] = steps;
  if (typeof step === 'number' && container !== undefined && 'L' in container) {
    const list = [...container.L];
    const inner = rest.length === 0 ? value : changeInside(list[step], rest, value);
    if (inner === undefined) list.splice(step, 1);
    else list[Math.min(step, list.length)] = inner;
    return { L: list };
  }
  if (typeof step === 'string' && container !== undefined && 'M' in container) {
    const map = { ...container.M };
    const inner = rest.length === 0 ? value : changeInside(map[step], rest, value);
    if (inner === undefined) delete map[step];
    else map[step] = inner;
    return { M: map };
  }
  return raise(WRONG_PATH);
}

function checkConstants(value: SetValue): void {
  if (value.kind === 'default') checkConstants(value.otherwise);
  if (value.kind !== 'plus' && value.kind !== 'minus' && value.kind !== 'append') return;
  const wanted = value.kind === 'append' ? 'L' : 'N';
  const operator = value.kind === 'append' ? 'list_append' : value.kind === 'plus' ? '+' : '-';
  for (const operand of [value.left, value.right]) {
    if (operand.kind === 'value' && typeOf(operand.value) !== wanted)
      throw wrongOperand(operator, typeOf(operand.value));
    checkConstants(operand);
  }
}

function lastIndex(path: Path): number {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
}

function addNumbers(a: string, b: string, sign: 1 | -1): string {
  return formatDecimal(addDecimals(parseDecimal(a), parseDecimal(b), sign));
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  SS: 'STRING_SET',
  NS: 'NUMBER_SET',
  BS: 'BINARY_SET',
  M: 'MAP',
  L: 'LIST',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
};

function wrongOperand(operator: string, type: string): Error {
  const named = operator === 'ADD' || operator === 'DELETE' ? (TYPE_NAMES[type] ?? type) : type;
  return validationError(
    `Invalid UpdateExpression: Incorrect operand type for operator or function; operator${named === type ? ' or function' : ''}: ${operator}, operand type: ${named}${operator === 'ADD' || operator === 'DELETE' ? `, typeSet: ${operator === 'ADD' ? 'ALLOWED_FOR_ADD_OPERAND' : 'ALLOWED_FOR_DELETE_OPERAND'}` : ''}`,
  );
}

function raise(message: string): never {
  throw validationError(message);
}
