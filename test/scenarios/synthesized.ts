/** Before a test that deploys the templates: they are there. `synthesize.setup.ts` makes them. */
import { existsSync, readFileSync } from 'node:fs';
import { inject, vi } from 'vitest';

const file = inject('synthesized');
// Only what hangs should meet it.
await vi.waitUntil(() => existsSync(file), { timeout: 600_000, interval: 20 });
const said = readFileSync(file, 'utf8');
if (said !== '') throw new Error(said);
