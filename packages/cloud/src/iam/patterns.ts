/**
 * IAM's wildcards: `*` is any run of characters, `?` any one character.
 */
const compiled = new Map<string, RegExp>();

/** Whether `value` matches an IAM pattern. Case counts, unless `ignoreCase` (action names). */
export function matchesWildcard(pattern: string, value: string, ignoreCase = false): boolean {
  if (pattern === '*') {
    return true;
  }
  if (!pattern.includes('*') && !pattern.includes('?')) {
    return ignoreCase ? pattern.toLowerCase() === value.toLowerCase() : pattern === value;
  }
  const key = ignoreCase ? `i${pattern}` : `c${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
    compiled.set(key, expression);
  }
  return expression.test(value);
}

/** ARNs are compared part by part, so that a `*` does not reach over a colon before the resource part. */
export function matchesArn(pattern: string, value: string): boolean {
  if (pattern === '*') {
    return true;
  }
  const wanted = splitArn(pattern);
  const given = splitArn(value);
  return wanted.length === given.length && wanted.every((part, index) => matchesWildcard(part, given[index] as string));
}

function splitArn(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
