/**
 * For this room's tests: a repository with the least that synth reads, so that the rules on the templates are tested
 * without the services, and at once.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { serviceNames } from './names.ts';

/** Makes the stand-in in a new temporary directory, whose path it gives. */
export function createStandInRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'hourglass-stand-in-'));
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const service of serviceNames) {
    write(`services/${service}/src/handler.ts`, `export const handler = async () => ${JSON.stringify(service)};\n`);
  }
  write('docker/Dockerfile', 'FROM scratch\nCOPY dist/entrypoint.cjs /\n');
  write(
    'docker/build.ts',
    `import { mkdirSync, writeFileSync } from 'node:fs';
export async function bundleEntrypoint({ outDir }: { outDir: string }) {
  mkdirSync(outDir, { recursive: true });
  writeFileSync(outDir + '/entrypoint.cjs', '');
}
`,
  );
  return root;
}
