/** Attribute values in their wire form: checking, copying into the store, equality, order and size. */
import { compareDecimals, formatDecimal, parseDecimal } from './decimal.ts';
import { validationError } from './errors.ts';

/** DynamoDB's JSON attribute value; binaries are base64 text as on the wire. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { M: Record<string, AttributeValue> }
  | { L: AttributeValue[] };

export type Item = Record<string, AttributeValue>;
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'M' | 'L';

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'M', 'L']);
const MAX_NESTING = 32;

/** Whether `text` names an attribute type, for `attribute_type`. */
export function isAttributeType(text: string): boolean {
  return TYPES.has(text);
}

/** The one type of a value. */
export function typeOf(value: AttributeValue): AttributeType {
  for (const type in value) return type as AttributeType;
  throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}

/** A checked deep copy of an item as it came on the wire, with numbers in normal form. */
export function readItem(input: unknown, depth = 0): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(asRecord(input))) item[name] = readValue(value, depth);
  return item;
}

/** A checked deep copy of one value. @throws ValidationException */
export function readValue(input: unknown, depth = 0): AttributeValue {
  const entries = Object.entries(asRecord(input)).filter(([, content]) => content !== null && content !== undefined);
  const [entry] = entries;
  if (entry === undefined) {
    throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
  if (entries.length > 1) {
    throw validationError(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    );
  }
  if (depth >= MAX_NESTING) throw validationError('Nesting Levels have exceeded supported limits');
  const [type, content] = entry;
  switch (type) {
    case 'S':
      return { S: String(content) };
    case 'N':
      return { N: formatDecimal(parseDecimal(String(content))) };
    case 'B':
      return { B: String(content) };
    case 'BOOL':
      return { BOOL: content === true };
    case 'NULL':
      if (content !== true) throw invalid('Null attribute value types must have the value of true');
      return { NULL: true };
    case 'SS':
      return { SS: readSet(content, String, 'string') };
    case 'NS':
      return { NS: readSet(content, (text) => formatDecimal(parseDecimal(String(text))), 'number') };
    case 'BS':
      return { BS: readSet(content, String, 'binary') };
    case 'M':
      return { M: readItem(content, depth + 1) };
    case 'L':
      return { L: (content as unknown[]).map((element) => readValue(element, depth + 1)) };
    default:
      throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
  }
}

/** Whether two values are the same; sets regardless of order. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true;
  if ('S' in a) return 'S' in b && a.S === b.S;
  if ('N' in a) return 'N' in b && a.N === b.N;
  if ('B' in a) return 'B' in b && a.B === b.B;
  if ('BOOL' in a) return 'BOOL' in b && a.BOOL === b.BOOL;
  if ('NULL' in a) return 'NULL' in b;
  if ('SS' in a) return 'SS' in b && equalSets(a.SS, b.SS);
  if ('NS' in a) return 'NS' in b && equalSets(a.NS, b.NS);
  if ('BS' in a) return 'BS' in b && equalSets(a.BS, b.BS);
  if ('L' in a) {
    if (!('L' in b) || a.L.length !== b.L.length) return false;
    const other = b.L;
    return a.L.every((element, index) => equalValues(element, other[index] as AttributeValue));
  }
  if (!('M' in b)) return false;
  const names = Object.keys(a.M);
  const other = b.M;
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => {
      const right = other[name];
      return right !== undefined && equalValues(a.M[name] as AttributeValue, right);
    })
  );
}

/** Order of two strings, numbers or binaries; undefined if their types differ or have no order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if ('S' in a && 'S' in b) return compareText(a.S, b.S);
  if ('N' in a && 'N' in b) return compareDecimals(parseDecimal(a.N), parseDecimal(b.N));
  if ('B' in a && 'B' in b) return Buffer.compare(Buffer.from(a.B, 'base64'), Buffer.from(b.B, 'base64'));
  return undefined;
}

/** The size of an item in bytes as DynamoDB counts it for the 400 KB and 1 MB limits. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + valueSize(value);
  return size;
}

function valueSize(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return Buffer.byteLength(value.B, 'base64');
  if ('BOOL' in value || 'NULL' in value) return 1;
  if ('SS' in value) return value.SS.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if ('NS' in value) return value.NS.reduce((sum, text) => sum + numberSize(text), 0);
  if ('BS' in value) return value.BS.reduce((sum, text) => sum + Buffer.byteLength(text, 'base64'), 0);
  if ('L' in value) return value.L.reduce((sum, element) => sum + 1 + valueSize(element), 3);
  return Object.entries(value.M).reduce(
    (sum, [name, inner]) => sum + 1 + Buffer.byteLength(name) + valueSize(inner),
    3,
  );
}

// About one byte for two significant digits and one for the exponent (Developer Guide, "item sizes and formats").
function numberSize(text: string): number {
  const digits = text.replace(/^-?0*\.?0*|\.|0+$/g, '').length;
  return Math.ceil(digits / 2) + 1 + (text.startsWith('-') ? 1 : 0);
}

function readSet(content: unknown, read: (element: unknown) => string, kind: string): string[] {
  const elements = (content as unknown[]).map(read);
  if (elements.length === 0) throw invalid(`An ${kind} set  may not be empty`);
  if (new Set(elements).size !== elements.length) {
    throw invalid(`Input collection [${elements.join(', ')}] contains duplicates.`);
  }
  return elements;
}

function invalid(reason: string): Error {
  return validationError(`One or more parameter values were invalid: ${reason}`);
}

function equalSets(a: string[], b: string[]): boolean {
  return a.length === b.length && a.every((element) => b.includes(element));
}

// UTF-8 byte order differs from JavaScript's UTF-16 order only with surrogates.
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return /[\ud800-\uffff]/.test(a + b) ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : a < b ? -1 : 1;
}

function asRecord(input: unknown): Record<string, unknown> {
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Record<string, unknown>;
  throw validationError('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes');
}
