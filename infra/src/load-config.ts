/** Finds and reads the configuration file: a module with a default export, or JSON. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './assets.ts';
import { ConfigurationInvalid, type HourglassConfig, parseConfig } from './config.ts';

/** The file that HOURGLASS_CONFIG names from where the user stands (pnpm runs a room's scripts in the room), else this room's own. */
export function findConfigFile({ HOURGLASS_CONFIG, INIT_CWD = process.cwd() }: NodeJS.ProcessEnv): string {
  return HOURGLASS_CONFIG === undefined
    ? join(repositoryRoot, 'infra/hourglass.config.ts')
    : resolve(INIT_CWD, HOURGLASS_CONFIG);
}

/** Loads and checks the configuration at `path`. Every fault is a {@link ConfigurationInvalid} whose lines begin with the path. */
export async function loadConfig(path: string): Promise<HourglassConfig> {
  const file = resolve(path);
  try {
    return parseConfig(await readDefaultExport(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigurationInvalid(`${path}:\n${reason.replace(/^/gm, '  ')}`);
  }
}

async function readDefaultExport(file: string): Promise<unknown> {
  if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
  const module: { default?: unknown } = await import(pathToFileURL(file).href);
  if (module.default === undefined) throw new ConfigurationInvalid('has no default export');
  return module.default;
}
