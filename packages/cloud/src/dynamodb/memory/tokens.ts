/** Splits an expression into words, placeholders, numbers and signs. */
import { validationError } from './errors.ts';

/** `word`: keyword, function or attribute; `name`: `#n`; `value`: `:v`; `number`: a list index; `sign`: punctuation or operator. */
export interface Token {
  readonly kind: 'word' | 'name' | 'value' | 'number' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const PATTERN =
  /\s+|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<number>\d+)|(?<sign><>|<=|>=|[=<>()[\],.+-])/y;

/** @throws ValidationException at a character no expression may hold. */
export function tokenize(text: string, label: string): Token[] {
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  let at = 0;
  while (at < text.length) {
    const match = PATTERN.exec(text);
    if (match === null) {
      const near = text.slice(Math.max(0, at - 5), at + 6);
      throw validationError(`Invalid ${label}: Syntax error; token: "${text[at]}", near: "${near}"`);
    }
    for (const kind of ['word', 'name', 'value', 'number', 'sign'] as const) {
      const found = match.groups?.[kind];
      if (found !== undefined) tokens.push({ kind, text: found, at });
    }
    at = PATTERN.lastIndex;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: text.length });
  return tokens;
}
