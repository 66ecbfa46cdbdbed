/** The same programs in the package, where each is one file. */
import { join } from 'node:path';

export const entrypoint = join(import.meta.dirname, 'assets/image/dist/entrypoint.cjs');

export const app = join(import.meta.dirname, 'app.mjs');
