/** A bug planted in the bundles that are deployed. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Calls `use` with a copy of the assembly in which the text is replaced in each bundle that has it, and with how many these are.
 * @throws if none has it, or one has it twice
 */
export async function withPlanted<T>(
  assembly: string,
  find: string,
  replace: string,
  use: (assembly: string, bundles: number) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-planted-'));
  try {
    cpSync(assembly, dir, { recursive: true });
    const bundles = readdirSync(dir)
      .filter((name) => name.startsWith('asset.'))
      .map((name) => ({ path: join(dir, name, 'index.js'), code: readFileSync(join(dir, name, 'index.js'), 'utf8') }))
      .filter(({ code }) => code.includes(find));
    if (bundles.length === 0) throw new Error(`no bundle has the text ${find}`);
    for (const { path, code } of bundles) {
      const [before, after, ...more] = code.split(find);
      if (more.length > 0) throw new Error(`${path} has the text more than once: ${find}`);
      writeFileSync(path, `${before}${replace}${after}`);
    }
    return await use(dir, bundles.length);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
