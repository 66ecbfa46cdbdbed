/**
 * EventBridge's event patterns, compiled once per rule. What this room does not know is refused when the rule is made.
 * Source: EventBridge user guide, "Comparison operators for use in event patterns".
 */
import { DeployError } from '../errors.ts';

/** Whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/** One entry of a leaf's list. `present` says whether the field is there at all. */
type ValueTest = (value: unknown, present: boolean) => boolean;

/** Throws DeployError for an operator that is not known, or a malformed pattern. */
export function compilePattern(pattern: unknown): EventMatcher {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    throw new DeployError('an event pattern must be an object');
  }
  const fields = Object.entries(pattern).map(([key, inner]): EventMatcher => {
    if (key === '$or') {
      const choices = (inner as unknown[]).map(compilePattern);
      return (event) => choices.some((choice) => choice(event));
    }
    if (Array.isArray(inner)) {
      const tests = inner.map((entry) => compileValue(entry));
      return (event) => leafMatches(tests, event, key);
    }
    const matches = compilePattern(inner);
    return (event) => fieldObjects(event, key).some(matches);
  });
  return (event) => fields.every((matches) => matches(event));
}

/** The objects a nested pattern is tried on: an array in the event matches if one of its elements does. */
function fieldObjects(event: unknown, key: string): unknown[] {
  const value = fieldOf(event, key).value;
  return Array.isArray(value) ? value : [value];
}

function fieldOf(event: unknown, key: string): { value: unknown; present: boolean } {
  const present = typeof event === 'object' && event !== null && Object.hasOwn(event, key);
  return { present, value: present ? (event as Record<string, unknown>)[key] : undefined };
}

function leafMatches(tests: readonly ValueTest[], event: unknown, key: string): boolean {
  const { value, present } = fieldOf(event, key);
  // An empty array is as good as an absent field to every operator, `exists` too.
  const values = Array.isArray(value) ? value : [value];
  const there = present && values.length > 0;
  return there
    ? values.some((entry) => tests.some((test) => test(entry, true)))
    : tests.some((test) => test(undefined, false));
}

function compileValue(entry: unknown): ValueTest {
  if (typeof entry !== 'object' || entry === null) {
    return (value, present) => present && value === entry;
  }
  const [[operator, argument] = ['', undefined], ...rest] = Object.entries(entry);
  if (rest.length > 0) {
    throw new DeployError(`an event pattern's filter has more than one operator: ${JSON.stringify(entry)}`);
  }
  switch (operator) {
    case 'exists':
      return (value, present) => (present && !isContainer(value)) === argument;
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return text(compileText(operator, argument));
    case 'anything-but':
      return compileAnythingBut(argument);
    case 'numeric':
      return compileNumeric(argument);
    default:
      throw new DeployError(`event pattern operator "${operator}" is not known to the simulated AWS`);
  }
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function text(test: (value: string) => boolean): ValueTest {
  return (value) => typeof value === 'string' && test(value);
}

function compileText(operator: string, argument: unknown): (value: string) => boolean {
  if (typeof argument === 'object' && argument !== null) {
    const folded = (argument as Record<string, unknown>)['equals-ignore-case'];
    if (typeof folded === 'string' && (operator === 'prefix' || operator === 'suffix')) {
      const test = compileText(operator, folded.toLowerCase());
      return (value) => test(value.toLowerCase());
    }
  }
  if (typeof argument !== 'string') {
    throw new DeployError(`event pattern operator "${operator}" needs text, not ${JSON.stringify(argument)}`);
  }
  switch (operator) {
    case 'prefix':
      return (value) => value.startsWith(argument);
    case 'suffix':
      return (value) => value.endsWith(argument);
    case 'equals-ignore-case':
      return (value) => value.toLowerCase() === argument.toLowerCase();
    case 'wildcard': {
      const source = argument.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
      const expression = new RegExp(`^${source.join('.*')}$`, 's');
      return (value) => expression.test(value);
    }
    default:
      throw new DeployError(`event pattern operator "${operator}" is not known to the simulated AWS`);
  }
}

function compileAnythingBut(argument: unknown): ValueTest {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    const [[operator, inner] = ['', undefined]] = Object.entries(argument);
    const tests = [inner].flat().map((entry) => compileText(operator, entry));
    return (value, present) => present && !(typeof value === 'string' && tests.some((test) => test(value)));
  }
  const refused = [argument].flat();
  return (value, present) => present && !refused.includes(value);
}

function compileNumeric(argument: unknown): ValueTest {
  const parts = argument as unknown[];
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    const bound = parts[index + 1];
    if (typeof bound !== 'number') {
      throw new DeployError(`a numeric event pattern needs numbers: ${JSON.stringify(argument)}`);
    }
    tests.push(compileComparison(String(parts[index]), bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}

function compileComparison(operator: string, bound: number): (value: number) => boolean {
  switch (operator) {
    case '=':
      return (value) => value === bound;
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    default:
      throw new DeployError(`numeric event pattern operator "${operator}" is not known to the simulated AWS`);
  }
}
