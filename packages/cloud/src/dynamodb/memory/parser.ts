/**
 * The parser of DynamoDB's expressions: conditions, key conditions, filters, updates and projections.
 * Recursive descent over the tokens; OR binds weaker than AND, AND weaker than NOT.
 */
import { validationError } from './errors.ts';
import type { Placeholders } from './names.ts';
import { formatPath } from './paths.ts';
import { isReservedWord } from './reserved-words.ts';
import type { Comparator, Condition, Operand, Path, SetValue, UpdateAction } from './syntax.ts';
import { type Token, tokenize } from './tokens.ts';

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);
const CONDITION_FUNCTIONS = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
} as const;
const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/** Parses a ConditionExpression, KeyConditionExpression or FilterExpression; `label` names it in errors. */
export function parseCondition(text: string, label: string, placeholders: Placeholders): Condition {
  const parser = new Parser(text, label, placeholders);
  const condition = parser.readOr();
  parser.expectEnd();
  return condition;
}

/** Parses an UpdateExpression into its actions, in the order written. */
export function parseUpdate(text: string, placeholders: Placeholders): UpdateAction[] {
  const parser = new Parser(text, 'UpdateExpression', placeholders);
  return parser.readUpdate();
}

/** Parses a ProjectionExpression into its paths. */
export function parseProjection(text: string, placeholders: Placeholders): Path[] {
  const parser = new Parser(text, 'ProjectionExpression', placeholders);
  const paths = parser.readList(() => parser.readPath());
  parser.expectEnd();
  return paths;
}

class Parser {
  readonly #label: string;
  readonly #text: string;
  readonly #placeholders: Placeholders;
  readonly #tokens: Token[];
  #next = 0;

  constructor(text: string, label: string, placeholders: Placeholders) {
    if (text.trim() === '') throw validationError(`Invalid ${label}: The expression can not be empty;`);
    this.#label = label;
    this.#text = text;
    this.#placeholders = placeholders;
    this.#tokens = tokenize(text, label);
  }

  readOr(): Condition {
    let left = this.#readAnd();
    while (this.#takeWord('OR')) left = { kind: 'or', left, right: this.#readAnd() };
    return left;
  }

  #readAnd(): Condition {
    let left = this.#readNot();
    while (this.#takeWord('AND')) left = { kind: 'and', left, right: this.#readNot() };
    return left;
  }

  #readNot(): Condition {
    return this.#takeWord('NOT') ? { kind: 'not', inner: this.#readNot() } : this.#readPrimary();
  }

  #readPrimary(): Condition {
    if (this.#peek().text === '(' && !this.#isOperandInParentheses()) {
      this.#take();
      const doubled = this.#peek().text === '(' && this.#closesAt(this.#next) === this.#closesAt(this.#next - 1) - 1;
      if (doubled) throw this.#invalid('The expression has redundant parentheses;');
      const inner = this.readOr();
      this.#expectSign(')');
      return inner;
    }
    const token = this.#peek();
    if (token.kind === 'word' && this.#peek(1).text === '(' && token.text !== 'size') return this.#readFunction();
    const left = this.#readOperand();
    const operator = this.#take();
    if (operator.kind === 'sign' && COMPARATORS.has(operator.text)) {
      const right = this.#readOperand();
      this.#refuseRepeated(operator.text, left, [right]);
      return { kind: 'compare', comparator: operator.text as Comparator, left, right };
    }
    if (isWord(operator, 'BETWEEN')) {
      const low = this.#readOperand();
      if (!this.#takeWord('AND')) throw this.#syntaxError();
      const high = this.#readOperand();
      this.#refuseRepeated('BETWEEN', left, [low, high]);
      return { kind: 'between', operand: left, low, high };
    }
    if (isWord(operator, 'IN')) {
      this.#expectSign('(');
      const candidates = this.readList(() => this.#readOperand());
      this.#expectSign(')');
      this.#refuseRepeated('IN', left, candidates);
      return { kind: 'in', operand: left, candidates };
    }
    this.#next -= 1;
    throw this.#syntaxError();
  }

  #readFunction(): Condition {
    const name = this.#take().text;
    const arity = CONDITION_FUNCTIONS[name as keyof typeof CONDITION_FUNCTIONS];
    if (arity === undefined) {
      const known = name === 'if_not_exists' || name === 'list_append';
      throw this.#invalid(
        known
          ? `The function is not allowed in a condition expression; function: ${name}`
          : `Invalid function name; function: ${name}`,
      );
    }
    this.#expectSign('(');
    const operands = this.readList(() => this.#readOperand());
    this.#expectSign(')');
    const [left, right] = operands;
    if (left === undefined || operands.length !== arity) {
      throw this.#invalid(
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
      );
    }
    if (name === 'attribute_exists' || name === 'attribute_not_exists') {
      if (left.kind !== 'path')
        throw this.#invalid(`Operator or function requires a document path; operator or function: ${name}`);
      return { kind: name === 'attribute_exists' ? 'exists' : 'missing', path: left.path };
    }
    this.#refuseRepeated(name, left, operands.slice(1));
    const kind = name === 'attribute_type' ? 'type' : name === 'begins_with' ? 'prefix' : 'contains';
    return { kind, left, right: right as Operand };
  }

  #readOperand(): Operand {
    const token = this.#peek();
    if (token.kind === 'value') return this.#readValue();
    if (token.text === 'size' && this.#peek(1).text === '(') {
      this.#next += 2;
      const of = this.#readOperand();
      this.#expectSign(')');
      return { kind: 'size', of };
    }
    if (token.kind === 'sign' && token.text === '(') {
      this.#take();
      const inner = this.#readOperand();
      this.#expectSign(')');
      return inner;
    }
    return { kind: 'path', path: this.readPath() };
  }

  #readValue(): Operand & { kind: 'value' } {
    const token = this.#take();
    if (token.kind !== 'value') {
      this.#next -= 1;
      throw this.#syntaxError();
    }
    return { kind: 'value', value: this.#placeholders.value(token.text, this.#label), placeholder: token.text };
  }

  readPath(): Path {
    const path: [string, ...(string | number)[]] = [this.#readName()];
    for (;;) {
      if (this.#takeSign('.')) {
        path.push(this.#readName());
      } else if (this.#takeSign('[')) {
        const index = this.#take();
        if (index.kind !== 'number') {
          this.#next -= 1;
          throw this.#syntaxError();
        }
        path.push(Number(index.text));
        this.#expectSign(']');
      } else return path;
    }
  }

  #readName(): string {
    const token = this.#take();
    if (token.kind === 'name') return this.#placeholders.name(token.text, this.#label);
    if (token.kind === 'word') {
      if (isReservedWord(token.text)) {
        throw this.#invalid(`Attribute name is a reserved keyword; reserved keyword: ${token.text}`);
      }
      return token.text;
    }
    this.#next -= 1;
    throw this.#syntaxError();
  }

  readUpdate(): UpdateAction[] {
    const actions: UpdateAction[] = [];
    const seen = new Set<string>();
    while (this.#peek().kind !== 'end') {
      const section = SECTIONS.find((name) => this.#takeWord(name));
      if (section === undefined) throw this.#syntaxError();
      if (seen.has(section)) {
        throw this.#invalid(`The "${section}" section can only be used once in an update expression;`);
      }
      seen.add(section);
      actions.push(...this.readList(() => this.#readAction(section)));
    }
    return actions;
  }

  #readAction(section: (typeof SECTIONS)[number]): UpdateAction {
    const path = this.readPath();
    if (section === 'REMOVE') return { kind: 'remove', path };
    if (section === 'SET') {
      this.#expectSign('=');
      return { kind: 'set', path, value: this.#readSetValue() };
    }
    return { kind: section === 'ADD' ? 'add' : 'delete', path, value: this.#readValue().value };
  }

  #readSetValue(): SetValue {
    const left = this.#readSetOperand();
    if (this.#takeSign('+')) return { kind: 'plus', left, right: this.#readSetOperand() };
    if (this.#takeSign('-')) return { kind: 'minus', left, right: this.#readSetOperand() };
    return left;
  }

  #readSetOperand(): SetValue {
    if (this.#takeSign('(')) {
      const inner = this.#readSetValue();
      this.#expectSign(')');
      return inner;
    }
    const token = this.#peek();
    if (token.kind !== 'word' || this.#peek(1).text !== '(') return this.#readOperand();
    this.#next += 2;
    const operands = this.readList(() => this.#readSetOperand());
    this.#expectSign(')');
    const [left, right] = operands;
    if (token.text !== 'if_not_exists' && token.text !== 'list_append') {
      const known = token.text in CONDITION_FUNCTIONS || token.text === 'size';
      throw this.#invalid(
        known
          ? `The function is not allowed in an update expression; function: ${token.text}`
          : `Invalid function name; function: ${token.text}`,
      );
    }
    if (left === undefined || right === undefined || operands.length !== 2) {
      throw this.#invalid(
        `Incorrect number of operands for operator or function; operator or function: ${token.text}, number of operands: ${operands.length}`,
      );
    }
    if (token.text === 'list_append') return { kind: 'append', left, right };
    if (left.kind !== 'path') {
      throw this.#invalid('Operator or function requires a document path; operator or function: if_not_exists');
    }
    return { kind: 'default', path: left.path, otherwise: right };
  }

  readList<T>(read: () => T): T[] {
    const list = [read()];
    while (this.#takeSign(',')) list.push(read());
    return list;
  }

  expectEnd(): void {
    if (this.#peek().kind !== 'end') throw this.#syntaxError();
  }

  #refuseRepeated(operator: string, first: Operand, others: readonly Operand[]): void {
    if (first.kind !== 'path') return;
    if (!others.some((other) => other.kind === 'path' && formatPath(other.path) === formatPath(first.path))) return;
    throw this.#invalid(
      `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${formatPath(first.path)}`,
    );
  }

  /** A parenthesis opens an operand, not a condition, if a comparison follows its end: `(a) = :v`. */
  #isOperandInParentheses(): boolean {
    const after = this.#tokens[this.#closesAt(this.#next) + 1];
    return after !== undefined && (COMPARATORS.has(after.text) || isWord(after, 'BETWEEN') || isWord(after, 'IN'));
  }

  #closesAt(open: number): number {
    let depth = 0;
    for (let index = open; index < this.#tokens.length; index++) {
      const token = this.#tokens[index] as Token;
      if (token.text === '(') depth += 1;
      if (token.text === ')' && --depth === 0) return index;
    }
    return -1;
  }

  #peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #takeWord(word: string): boolean {
    if (!isWord(this.#peek(), word)) return false;
    this.#next += 1;
    return true;
  }

  #takeSign(sign: string): boolean {
    if (this.#peek().kind !== 'sign' || this.#peek().text !== sign) return false;
    this.#next += 1;
    return true;
  }

  #expectSign(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#syntaxError();
  }

  #syntaxError(): Error {
    const token = this.#peek();
    const before = this.#tokens[this.#next - 1]?.at ?? 0;
    const after = this.#tokens[this.#next + 1] ?? token;
    const near = this.#text.slice(before, after.kind === 'end' ? undefined : after.at + after.text.length);
    return this.#invalid(`Syntax error; token: "${token.text}", near: "${near}"`);
  }

  #invalid(reason: string): Error {
    return validationError(`Invalid ${this.#label}: ${reason}`);
  }
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toUpperCase() === word;
}
