/** What zod found wrong, in words for people. */
import { z } from 'zod';

/** For the schema: what would be right in an unknown key's place. All other messages stand beside what they are about. */
export function nameKnownKeys({ code, inst }: z.core.$ZodRawIssue): string | undefined {
  if (code !== 'unrecognized_keys' || !(inst instanceof z.ZodObject)) return undefined;
  return `known here: ${Object.keys(inst.shape).join(', ')}`;
}

/** One line per fault: the key, as it would be written, and what would be right. `input` is what was checked. */
export function describeIssue(issue: z.core.$ZodIssue, input: unknown): string[] {
  const key = issue.path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((unknown) => `${key === '' ? unknown : `${key}.${unknown}`}: unknown key; ${issue.message}`);
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => `${key}: ${inner.message}`);
  }
  if (issue.code === 'invalid_type' && !issue.message.startsWith('must')) {
    const found = issue.path.reduce<unknown>(
      (value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part],
      input,
    );
    const fault = found === undefined ? 'is missing' : `is ${JSON.stringify(found)}`;
    return [`${key === '' ? 'configuration' : key}: ${fault} (must be of type ${issue.expected})`];
  }
  return [`${key === '' ? 'configuration' : key}: ${issue.message}`];
}
