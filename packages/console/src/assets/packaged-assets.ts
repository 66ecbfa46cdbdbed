/** In the package the page is made already, and lies beside the command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Assets, collectAssets } from './assets.ts';

export async function loadAssets(): Promise<Assets> {
  return collectAssets((name) => readFileSync(join(import.meta.dirname, 'console', name)));
}
