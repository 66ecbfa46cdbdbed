/** Evaluates a parsed condition against an item (or against nothing, where no item is). */
import { validationError } from './errors.ts';
import { readPath } from './paths.ts';
import type { Comparator, Condition, Operand } from './syntax.ts';
import { type AttributeValue, compareValues, equalValues, type Item, isAttributeType, typeOf } from './values.ts';

/** Whether the condition holds. */
export function holds(condition: Condition, item: Item | undefined): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.inner, item);
    case 'exists':
      return readPath(item, condition.path) !== undefined;
    case 'missing':
      return readPath(item, condition.path) === undefined;
    case 'compare':
      return compare(condition.comparator, resolve(condition.left, item), resolve(condition.right, item));
    case 'between': {
      const value = resolve(condition.operand, item);
      return compare('>=', value, resolve(condition.low, item)) && compare('<=', value, resolve(condition.high, item));
    }
    case 'in': {
      const value = resolve(condition.operand, item);
      return condition.candidates.some((candidate) => compare('=', value, resolve(candidate, item)));
    }
    default:
      return holdsFunction(condition.kind, resolve(condition.left, item), resolve(condition.right, item));
  }
}

/** Refuses what DynamoDB refuses before it looks at any item: constants of a type the operator cannot take. */
export function checkCondition(condition: Condition, label: string): void {
  switch (condition.kind) {
    case 'and':
    case 'or':
      checkCondition(condition.left, label);
      checkCondition(condition.right, label);
      return;
    case 'not':
      checkCondition(condition.inner, label);
      return;
    case 'compare':
      for (const operand of [condition.left, condition.right]) refuseUnsized(operand, label);
      if (condition.comparator !== '=' && condition.comparator !== '<>') {
        for (const operand of [condition.left, condition.right]) refuseUnordered(operand, condition.comparator, label);
      }
      return;
    case 'between': {
      for (const operand of [condition.operand, condition.low, condition.high])
        refuseUnordered(operand, 'BETWEEN', label);
      const { low, high } = condition;
      if (low.kind === 'value' && high.kind === 'value' && (compareValues(low.value, high.value) ?? 0) > 0) {
        throw validationError(
          `Invalid ${label}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: ${formatValue(low.value)}, upper bound operand: AttributeValue: ${formatValue(high.value)}`,
        );
      }
      return;
    }
    case 'type':
      checkTypeName(condition.right, label);
      return;
    case 'prefix':
      for (const operand of [condition.left, condition.right]) {
        if (operand.kind === 'value' && !('S' in operand.value) && !('B' in operand.value)) {
          throw wrongOperand('begins_with', operand.value, label);
        }
      }
      return;
    default:
      return;
  }
}

function compare(comparator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  // A missing operand makes every comparison false but "not equal" (as observed on DynamoDB Local).
  if (left === undefined || right === undefined) return comparator === '<>' && left !== right;
  if (comparator === '=') return equalValues(left, right);
  if (comparator === '<>') return !equalValues(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  return comparator === '>' ? order > 0 : order >= 0;
}

function holdsFunction(
  kind: 'type' | 'prefix' | 'contains',
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return false;
  if (kind === 'type') return 'S' in right && typeOf(left) === right.S;
  if (kind === 'prefix') {
    if ('S' in left && 'S' in right) return left.S.startsWith(right.S);
    return 'B' in left && 'B' in right && toBytes(left.B).subarray(0, toBytes(right.B).length).equals(toBytes(right.B));
  }
  if ('S' in left) return 'S' in right && left.S.includes(right.S);
  if ('B' in left) return 'B' in right && toBytes(left.B).includes(toBytes(right.B));
  if ('SS' in left) return 'S' in right && left.SS.includes(right.S);
  if ('NS' in left) return 'N' in right && left.NS.includes(right.N);
  if ('BS' in left) return 'B' in right && left.BS.includes(right.B);
  return 'L' in left && left.L.some((element) => equalValues(element, right));
}

function resolve(operand: Operand, item: Item | undefined): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return readPath(item, operand.path);
  const value = resolve(operand.of, item);
  const size = value === undefined ? undefined : sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function sizeOf(value: AttributeValue): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return toBytes(value.B).length;
  if ('SS' in value) return value.SS.length;
  if ('NS' in value) return value.NS.length;
  if ('BS' in value) return value.BS.length;
  if ('L' in value) return value.L.length;
  return 'M' in value ? Object.keys(value.M).length : undefined;
}

function refuseUnordered(operand: Operand, operator: string, label: string): void {
  if (operand.kind === 'value' && !('S' in operand.value) && !('N' in operand.value) && !('B' in operand.value)) {
    throw wrongOperand(operator, operand.value, label);
  }
}

function refuseUnsized(operand: Operand, label: string): void {
  if (operand.kind === 'size' && operand.of.kind === 'value' && sizeOf(operand.of.value) === undefined) {
    throw wrongOperand('size', operand.of.value, label);
  }
}

function checkTypeName(operand: Operand, label: string): void {
  if (operand.kind !== 'value') return;
  if (!('S' in operand.value)) throw wrongOperand('attribute_type', operand.value, label);
  if (!isAttributeType(operand.value.S)) {
    throw validationError(
      `Invalid ${label}: Invalid attribute type name found; type: ${operand.value.S}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
    );
  }
}

function wrongOperand(operator: string, value: AttributeValue, label: string): Error {
  return validationError(
    `Invalid ${label}: Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(value)}`,
  );
}

function formatValue(value: AttributeValue): string {
  const [entry] = Object.entries(value);
  return `{${entry?.[0]}:${String(entry?.[1])}}`;
}

function toBytes(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
