/** Object ids that are remembered of a mirror. */
import type { Carried } from '@hourglass/lease';

/** Tips that a task remembers, at most: some 10 KB in one item. */
export const MAX_TIPS = 256;

/** Object ids only: what is malformed is not remembered. */
export function parseTips(tips: unknown): string[] {
  const ids = Array.isArray(tips) ? tips : [];
  return ids.filter((oid) => typeof oid === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(oid)).slice(0, MAX_TIPS);
}

/** Undefined for what nobody here could have written. */
export function parseCarried(given: unknown): Carried | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { haves, thin, fingerprint } = given as Record<string, unknown>;
  return {
    haves: parseTips(haves),
    thin: thin !== false,
    ...(typeof fingerprint === 'string' ? { fingerprint } : {}),
  };
}
