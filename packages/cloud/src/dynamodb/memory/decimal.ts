/** DynamoDB's number: 38 significant digits, magnitude 1E-130 to 9.9…E+125, kept exact as coefficient × 10^exponent. */
import { validationError } from './errors.ts';

/** An exact decimal; the coefficient has no trailing zeros, zero is `{0n, 0}`. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const MAX_DIGITS = 38;
const MAX_MAGNITUDE = 125;
const MIN_MAGNITUDE = -130;
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/** Reads DynamoDB's wire form. @throws ValidationException if it is no number or out of range. */
export function parseDecimal(text: string): Decimal {
  const match = PATTERN.exec(text);
  const whole = match?.[2] ?? '';
  const fraction = match?.[3] ?? '';
  if (match === null || whole.length + fraction.length === 0) {
    throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  }
  const magnitude = BigInt(whole + fraction);
  const exponent = Number(match[4] ?? 0) - fraction.length;
  return checkRange(trim(match[1] === '-' ? -magnitude : magnitude, exponent));
}

/** The plain form DynamoDB returns: no exponent, no needless zeros. */
export function formatDecimal({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/** Negative, zero or positive, as for `Array.sort`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = align(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** a + b, or a − b with `sign` −1. @throws ValidationException out of range. */
export function addDecimals(a: Decimal, b: Decimal, sign: 1 | -1 = 1): Decimal {
  const [left, right] = align(a, b);
  return checkRange(trim(left + right * BigInt(sign), Math.min(a.exponent, b.exponent)));
}

function align(a: Decimal, b: Decimal): [bigint, bigint] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [scale(a, exponent), scale(b, exponent)];
}

function scale(value: Decimal, exponent: number): bigint {
  return value.exponent === exponent ? value.coefficient : value.coefficient * 10n ** BigInt(value.exponent - exponent);
}

function trim(coefficient: bigint, exponent: number): Decimal {
  if (coefficient === 0n) return { coefficient, exponent: 0 };
  let rest = coefficient;
  let shift = exponent;
  while (rest % 10n === 0n) {
    rest /= 10n;
    shift += 1;
  }
  return { coefficient: rest, exponent: shift };
}

function checkRange(value: Decimal): Decimal {
  if (value.coefficient === 0n) return value;
  const digits = (value.coefficient < 0n ? -value.coefficient : value.coefficient).toString().length;
  const magnitude = digits - 1 + value.exponent;
  if (magnitude > MAX_MAGNITUDE) {
    throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  }
  if (magnitude < MIN_MAGNITUDE) {
    throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  }
  if (digits > MAX_DIGITS) throw validationError('Attempting to store more than 38 significant digits in a Number');
  return value;
}
