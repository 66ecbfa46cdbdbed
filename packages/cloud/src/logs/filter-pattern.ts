/**
 * CloudWatch Logs' filter patterns: words of a line (`ERROR "out of memory" -debug ?a ?b`, `%regular expression%`) and members of a JSON line
 * (`{ $.level = "WARN" && $.overdueMinutes >= 0 }`). Space-delimited patterns (`[a, b]`) are refused.
 * Source: CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters, filter log events, and Live Tail".
 */
import { AwsError } from '../errors.ts';

export type LineTest = (message: string) => boolean;

/** @throws AwsError InvalidParameterException for a pattern that cannot be read. */
export function compileFilterPattern(pattern: string): LineTest {
  const trimmed = pattern.trim();
  if (trimmed === '') return () => true;
  if (trimmed.startsWith('[')) throw invalid('space-delimited patterns are not simulated');
  return trimmed.startsWith('{') ? compileJson(trimmed) : compileWords(trimmed);
}

function compileWords(pattern: string): LineTest {
  const words = [...pattern.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|%((?:[^%\\]|\\.)*)%|(\S+))/g)].map(
    ([, sign = '', quoted, expression, bare]) => {
      const text = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
      const regular = expression === undefined ? undefined : readExpression(expression);
      return { sign, holds: (line: string) => regular?.test(line) ?? line.includes(text) };
    },
  );
  const [all, none, any] = ['', '-', '?'].map((sign) => words.filter((word) => word.sign === sign));
  return (line) =>
    (all ?? []).every(({ holds }) => holds(line)) &&
    !(none ?? []).some(({ holds }) => holds(line)) &&
    // Beside words that must be there, those of which any would do are passed over.
    (any?.length === 0 || (all?.length ?? 0) > 0 || any?.some(({ holds }) => holds(line)) === true);
}

type Member = (value: unknown) => boolean;

function compileJson(pattern: string): LineTest {
  const tokens =
    pattern.match(/&&|\|\||!=|>=|<=|[{}()=<>]|"(?:[^"\\]|\\.)*"|%(?:[^%\\]|\\.)*%|[^\s{}()=<>!&|"]+/g) ?? [];
  let at = 0;
  const take = (expected?: string): string => {
    const token = tokens[at];
    if (token === undefined || (expected !== undefined && token !== expected)) {
      throw invalid(`expected ${expected ?? 'more'} after "${tokens.slice(0, at).join(' ')}"`);
    }
    at += 1;
    return token;
  };
  const any = (): Member => {
    const parts = [every()];
    while (tokens[at] === '||') {
      at += 1;
      parts.push(every());
    }
    return (value) => parts.some((part) => part(value));
  };
  const every = (): Member => {
    const parts = [one()];
    while (tokens[at] === '&&') {
      at += 1;
      parts.push(one());
    }
    return (value) => parts.every((part) => part(value));
  };
  const one = (): Member => {
    if (tokens[at] === '(') {
      at += 1;
      const inner = any();
      take(')');
      return inner;
    }
    const path = readPath(take());
    const operator = take();
    if (operator === 'IS') {
      const wanted = { NULL: null, TRUE: true, FALSE: false }[take()];
      return (value) => find(value, path) === wanted;
    }
    if (operator === 'EXISTS') return (value) => find(value, path) !== undefined;
    if (operator === 'NOT') {
      take('EXISTS');
      return (value) => find(value, path) === undefined;
    }
    const compare = readComparison(operator, take());
    return (value) => compare(find(value, path));
  };
  take('{');
  const test = any();
  take('}');
  if (at < tokens.length) throw invalid(`nothing may follow "}"`);
  return (line) => {
    // Most lines that are no JSON are known by their first character.
    if (!line.startsWith('{') && !line.startsWith('[')) return false;
    try {
      return test(JSON.parse(line));
    } catch {
      return false;
    }
  };
}

/** `$.a.b[0].c` as `['a', 'b', '0', 'c']`. */
function readPath(token: string): string[] {
  if (!token.startsWith('$')) throw invalid(`"${token}" is no member: it must begin with $`);
  return [...token.slice(1).matchAll(/\.([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? index ?? '');
}

function find(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as Record<string, unknown>)[step];
  }
  return found;
}

function readComparison(operator: string, token: string): Member {
  if (token.startsWith('%')) {
    const expression = readExpression(token.slice(1, -1));
    return (value) => typeof value === 'string' && expression.test(value) === (operator === '=');
  }
  const text = token.startsWith('"') ? token.slice(1, -1).replace(/\\(.)/g, '$1') : token;
  const number = token.startsWith('"') || text === '*' ? Number.NaN : Number(text);
  if (!Number.isNaN(number)) {
    const compare = numbers[operator];
    if (compare === undefined) throw invalid(`unknown operator "${operator}"`);
    return (value) => typeof value === 'number' && compare(value, number);
  }
  if (operator !== '=' && operator !== '!=') throw invalid(`"${operator}" compares numbers`);
  const wanted = new RegExp(`^${text.split('*').map(literal).join('.*')}$`, 's');
  const isText = (value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  return (value) => {
    const given = isText(value);
    return given !== undefined && wanted.test(given) === (operator === '=');
  };
}

const numbers: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function readExpression(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (error) {
    throw invalid((error as Error).message);
  }
}

function invalid(reason: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid filter pattern: ${reason}`);
}
