/** From the repository the page is bundled when the console starts. */
import { type Assets, collectAssets } from './assets.ts';
import { bundlePage } from './bundle-page.ts';

export async function loadAssets(): Promise<Assets> {
  const files = await bundlePage();
  return collectAssets((name) => files.get(name) ?? new Uint8Array());
}
