/**
 * IAM condition operators. An operator this room does not know throws, and the evaluation denies with that message: a condition is
 * never passed over.
 * Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Multivalued context keys".
 */
import { matchesArn, matchesWildcard } from './patterns.ts';

/** The context of one demand. Keys are compared without regard to case. */
export type ConditionContext = ReadonlyMap<string, readonly string[]>;

export class UnknownOperator extends Error {
  override readonly name = 'UnknownOperator';
}

type Test = (wanted: string, given: string) => boolean;

const tests: Readonly<Record<string, { test: Test; negated: boolean }>> = {
  StringEquals: { test: (wanted, given) => wanted === given, negated: false },
  StringNotEquals: { test: (wanted, given) => wanted === given, negated: true },
  StringEqualsIgnoreCase: { test: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(), negated: false },
  StringNotEqualsIgnoreCase: { test: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(), negated: true },
  StringLike: { test: (wanted, given) => matchesWildcard(wanted, given), negated: false },
  StringNotLike: { test: (wanted, given) => matchesWildcard(wanted, given), negated: true },
  ArnEquals: { test: matchesArn, negated: false },
  ArnLike: { test: matchesArn, negated: false },
  ArnNotEquals: { test: matchesArn, negated: true },
  ArnNotLike: { test: matchesArn, negated: true },
  Bool: { test: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(), negated: false },
  NumericEquals: { test: (wanted, given) => Number(wanted) === Number(given), negated: false },
  NumericNotEquals: { test: (wanted, given) => Number(wanted) === Number(given), negated: true },
  NumericLessThan: { test: (wanted, given) => Number(given) < Number(wanted), negated: false },
  NumericLessThanEquals: { test: (wanted, given) => Number(given) <= Number(wanted), negated: false },
  NumericGreaterThan: { test: (wanted, given) => Number(given) > Number(wanted), negated: false },
  NumericGreaterThanEquals: { test: (wanted, given) => Number(given) >= Number(wanted), negated: false },
};

/** Whether every operator and every key of a `Condition` block holds. Throws UnknownOperator. */
export function conditionHolds(
  block: Readonly<Record<string, Readonly<Record<string, unknown>>>> | undefined,
  context: ConditionContext,
): boolean {
  for (const [operator, keys] of Object.entries(block ?? {})) {
    for (const [key, wanted] of Object.entries(keys)) {
      if (!operatorHolds(operator, asTexts(wanted), context.get(key.toLowerCase()))) {
        return false;
      }
    }
  }
  return true;
}

function operatorHolds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  const set = /^(ForAllValues|ForAnyValue):/.exec(operator)?.[1];
  let name = set === undefined ? operator : operator.slice(set.length + 1);
  if (name === 'Null') {
    const isAbsent = given === undefined || given.length === 0;
    return wanted.some((value) => (value === 'true') === isAbsent);
  }
  const ifExists = name.endsWith('IfExists');
  if (ifExists) {
    name = name.slice(0, -'IfExists'.length);
  }
  const known = tests[name];
  if (known === undefined) {
    throw new UnknownOperator(`condition operator ${operator} is not known to the simulated AWS`);
  }
  const one = (value: string): boolean => wanted.some((entry) => known.test(entry, value)) !== known.negated;
  if (set === 'ForAllValues') {
    return (given ?? []).every(one);
  }
  if (given === undefined || given.length === 0) {
    return set === undefined && (ifExists || known.negated);
  }
  return set === 'ForAnyValue' ? given.some(one) : known.negated ? given.every(one) : given.some(one);
}

/** Policy values as texts: IAM takes lists, booleans and numbers alike. */
export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
}
