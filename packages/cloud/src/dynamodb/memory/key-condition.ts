/** What a KeyConditionExpression says: the one partition, and a condition on the sort key. */
import { validationError } from './errors.ts';
import type { Condition, Operand } from './syntax.ts';
import type { KeySchema } from './table.ts';
import { type AttributeValue, typeOf } from './values.ts';

const FUNCTION_NAMES = {
  exists: 'attribute_exists',
  missing: 'attribute_not_exists',
  type: 'attribute_type',
  contains: 'contains',
  and: 'AND',
} as const;

export interface KeyCondition {
  readonly hash: AttributeValue;
  readonly range: Condition | undefined;
}

/** Takes the condition apart. @throws ValidationException unless it is `hash = :v` with at most one condition on the sort key. */
export function readKeyCondition(
  condition: Condition,
  schema: KeySchema,
  types: ReadonlyMap<string, string>,
): KeyCondition {
  const terms = flatten(condition);
  let hash: AttributeValue | undefined;
  let range: Condition | undefined;
  for (const term of terms) {
    const { name, values } = readTerm(term);
    if (name === schema.hash) {
      if (term.kind !== 'compare' || term.comparator !== '=')
        throw validationError('Query key condition not supported');
      if (hash !== undefined) throw onlyOne();
      hash = values[0];
    } else if (name === schema.range) {
      if (range !== undefined) throw onlyOne();
      if (term.kind === 'compare' && term.comparator === '<>') {
        throw validationError('Invalid operator used in KeyConditionExpression: <>');
      }
      range = term;
    } else {
      throw validationError(
        `Query condition missed key schema element: ${terms.length > 1 && hash ? schema.range : schema.hash}`,
      );
    }
    for (const value of values) {
      if (typeOf(value) !== types.get(name)) {
        throw validationError(
          'One or more parameter values were invalid: Condition parameter type does not match schema type',
        );
      }
      if ('S' in value && value.S === '') {
        throw validationError(
          `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${name}`,
        );
      }
    }
  }
  if (hash === undefined) throw validationError(`Query condition missed key schema element: ${schema.hash}`);
  return { hash, range };
}

/** The partition a condition names, if it names one by `name = value`: what IAM's `dynamodb:LeadingKeys` looks at. */
export function findLeadingKey(condition: Condition, hashName: string): AttributeValue | undefined {
  for (const term of flatten(condition)) {
    if (term.kind !== 'compare' || term.comparator !== '=') continue;
    const { name, values } = readTerm(term);
    if (name === hashName) return values[0];
  }
  return undefined;
}

function flatten(condition: Condition): Condition[] {
  return condition.kind === 'and' ? [...flatten(condition.left), ...flatten(condition.right)] : [condition];
}

function readTerm(term: Condition): { name: string; values: AttributeValue[] } {
  switch (term.kind) {
    case 'compare':
      return readOperands([term.left, term.right]);
    case 'between':
      return readOperands([term.operand, term.low, term.high]);
    case 'prefix':
      return readOperands([term.left, term.right]);
    case 'or':
    case 'not':
    case 'in':
      throw validationError(`Invalid operator used in KeyConditionExpression: ${term.kind.toUpperCase()}`);
    default:
      throw validationError(`Invalid operator used in KeyConditionExpression: ${FUNCTION_NAMES[term.kind]}`);
  }
}

function readOperands(operands: readonly Operand[]): { name: string; values: AttributeValue[] } {
  const path = operands.find((operand) => operand.kind === 'path');
  const values = operands.flatMap((operand) => (operand.kind === 'value' ? [operand.value] : []));
  if (path === undefined || values.length !== operands.length - 1) {
    throw validationError(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  }
  if (path.path.length > 1) {
    throw validationError(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  return { name: path.path[0], values };
}

function onlyOne(): Error {
  return validationError('KeyConditionExpressions must only contain one condition per key');
}
