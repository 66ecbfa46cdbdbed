/**
 * Reads fields of JSON that somebody else wrote. Only a value's own properties count, so that a payload with `__proto__` or
 * `constructor` in it says nothing by them, and a value of another type than expected is as good as none.
 */

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at this path of own properties, or undefined. */
export function field(value: unknown, ...path: string[]): unknown {
  let found = value;
  for (const key of path) {
    if (!isFields(found) || !Object.hasOwn(found, key)) return undefined;
    found = found[key];
  }
  return found;
}

/** A text that is not empty, or undefined. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = field(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A list, or an empty one. */
export function listAt(value: unknown, ...path: string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The texts among these, each once. */
export function distinct(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}
