/** What a function reads from a file in its bundle, since it does not fit into its environment: `infra` decides which values that are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** In the bundle's directory. */
export const settingsFile = 'settings.json';

/**
 * The environment with what rides in the bundle. A variable decides where both have one.
 * @param env with `SETTINGS_FILE` where there is such a file, and Lambda's `LAMBDA_TASK_ROOT`, its directory
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const { SETTINGS_FILE: file, LAMBDA_TASK_ROOT: directory = '.' } = env;
  if (file === undefined) return env;
  return { ...JSON.parse(readFileSync(join(directory, file), 'utf8')), ...env };
}
