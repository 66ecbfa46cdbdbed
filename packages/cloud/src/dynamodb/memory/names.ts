/** The names and values one request gives its expressions: resolves placeholders and finds those never used. */
import { validationError } from './errors.ts';
import { type AttributeValue, readValue } from './values.ts';

/** ExpressionAttributeNames and ExpressionAttributeValues of one request, shared by all its expressions. */
export interface Placeholders {
  name(placeholder: string, label: string): string;
  value(placeholder: string, label: string): AttributeValue;
  /** Call when every expression is parsed. @throws ValidationException for a placeholder no expression used. */
  finish(): void;
}

/** @throws ValidationException for empty maps, or maps without an expression. */
export function readPlaceholders(input: Record<string, unknown>, expressions: readonly string[]): Placeholders {
  const names = readMap(input, 'ExpressionAttributeNames');
  const values = readMap(input, 'ExpressionAttributeValues');
  const given = expressions.filter((label) => input[label] !== undefined && input[label] !== null);
  for (const [label, map] of [
    ['ExpressionAttributeNames', names],
    ['ExpressionAttributeValues', values],
  ] as const) {
    if (map === undefined) continue;
    if (given.length === 0) {
      const missing =
        expressions.length === 1 && label === 'ExpressionAttributeValues' ? `: ${expressions[0]} is null` : '';
      throw validationError(`${label} can only be specified when using expressions${missing}`);
    }
    if (Object.keys(map).length === 0) throw validationError(`${label} must not be empty`);
  }
  const unusedNames = new Set(Object.keys(names ?? {}));
  const unusedValues = new Set(Object.keys(values ?? {}));
  const read = new Map<string, AttributeValue>();
  for (const [placeholder, value] of Object.entries(values ?? {})) read.set(placeholder, readGiven(placeholder, value));
  return {
    name(placeholder, label) {
      const name = names?.[placeholder];
      if (name === undefined) {
        throw validationError(
          `Invalid ${label}: An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`,
        );
      }
      unusedNames.delete(placeholder);
      return String(name);
    },
    value(placeholder, label) {
      const value = read.get(placeholder);
      if (value === undefined) {
        throw validationError(
          `Invalid ${label}: An expression attribute value used in expression is not defined; attribute value: ${placeholder}`,
        );
      }
      unusedValues.delete(placeholder);
      return value;
    },
    finish() {
      refuseUnused('ExpressionAttributeNames', unusedNames);
      refuseUnused('ExpressionAttributeValues', unusedValues);
    },
  };
}

function readGiven(placeholder: string, value: unknown): AttributeValue {
  try {
    return readValue(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw validationError(`ExpressionAttributeValues contains invalid value: ${reason} for key ${placeholder}`);
  }
}

function refuseUnused(label: string, unused: ReadonlySet<string>): void {
  if (unused.size > 0) {
    throw validationError(`Value provided in ${label} unused in expressions: keys: {${[...unused].join(', ')}}`);
  }
}

function readMap(input: Record<string, unknown>, label: string): Record<string, unknown> | undefined {
  return (input[label] ?? undefined) as Record<string, unknown> | undefined;
}
