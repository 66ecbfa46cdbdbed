/** For this room's tests: what a deployment is made of, in the least form that the CDK takes. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Assets } from './assets.ts';
import { serviceNames } from './names.ts';

/** Makes them in a new temporary directory, which is the caller's to remove. */
export function createStandInAssets(): Assets & { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-assets-'));
  const make = (name: string, file: string) => {
    mkdirSync(join(directory, name), { recursive: true });
    writeFileSync(join(directory, name, file), `FROM ${name}\n`);
    return join(directory, name);
  };
  return {
    directory,
    services: Object.fromEntries(serviceNames.map((name) => [name, make(name, 'index.js')])) as Assets['services'],
    cleanUp: make('clean-up', 'index.js'),
    imageContext: make('image', 'Dockerfile'),
    endpointsTemplate: '{}',
  };
}
