/** For a test, or a group of them, that needs a part: where the part is missing it is skipped, and listed at the end. */
import type { PartName } from './part.ts';
import { MISSING_VARIABLE } from './prepare.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** The missing parts for which a test is skipped. */
    missing?: readonly string[];
  }
}

/** As the options of `describe` or `it`: `describe('an ssh source', needs('ssh'), () => …)`. */
export function needs(...names: PartName[]): { skip: boolean; meta: { missing: readonly string[] } } {
  const missing = (process.env[MISSING_VARIABLE] ?? '').split(',');
  const lacking = names.filter((name) => missing.includes(name));
  return { skip: lacking.length > 0, meta: { missing: lacking } };
}
