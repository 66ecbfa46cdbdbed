/** Environment variables, checked once at start; a report names every variable that is missing or malformed. */
import * as z from 'zod';
import { ConfigurationError } from './errors.ts';

export const text = z.string().min(1, 'must not be empty');

/** A whole number of at least `min`. */
export const count = (min = 1) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min, `must be at least ${min}`);

/** Names separated by commas. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A JSON value of this shape. */
export const json = <T extends z.ZodType>(shape: T) =>
  z.string().transform((value, context): z.output<T> => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(value);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
    const result = shape.safeParse(parsed);
    if (result.success) return result.data;
    context.addIssue({ code: 'custom', message: `must be JSON of the right shape: ${describeIssues(result.error)}` });
    return z.NEVER;
  });

/**
 * @throws ConfigurationError naming every variable that is missing or malformed, at once.
 */
export function parseEnv<T extends z.ZodType>(schema: T, env: Record<string, string | undefined>): z.output<T> {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    const missing = env[String(path[0])] === undefined;
    return `${path.join('.')} ${missing ? 'is missing' : message}`;
  });
  throw new ConfigurationError(`The environment is not complete: ${faults.join('; ')}.`);
}

/** More than any contract has to say of itself. */
const MOST_CHARACTERS = 2_000;

/** Zod's findings as one line: where, and what would be right. Unknown keys, which zod repeats as they came, cannot make it long or act on a terminal. */
export function describeIssues(error: z.ZodError): string {
  const line = error.issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
    .replace(/[\x00-\x1f\x7f-\x9f]/g, (one) => `\\u00${one.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return (line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}\u2026` : line).toWellFormed();
}
