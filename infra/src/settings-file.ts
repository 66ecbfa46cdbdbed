/**
 * What of a function's environment is too long for one: Lambda takes 4 KB of variables, and a hundred repositories with their sources take more. The longest
 * values then go as a file into the function's bundle, which `readSettings` of shared puts back beside the others.
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settingsFile } from '@hourglass/shared/settings';
import { Token } from 'aws-cdk-lib';

/** Of the 4,096 bytes; the rest is for what the values become that CloudFormation fills in. */
const maxBytes = 3_000;
/** About as long as an ARN. */
const filledInBytes = 130;

/** The variables that stay, and the file's text where one is needed. */
export interface SplitEnvironment {
  readonly variables: Record<string, string>;
  readonly file: string | undefined;
}

/** Takes the longest values out until the others fit; never those that CloudFormation fills in. */
export function splitEnvironment(environment: Readonly<Record<string, string>>): SplitEnvironment {
  const variables = { ...environment };
  const moved: Record<string, string> = {};
  const longestFirst = Object.keys(variables)
    .filter((key) => !Token.isUnresolved(variables[key]))
    .sort((a, b) => bytesOf(variables[b]) - bytesOf(variables[a]));
  for (const key of longestFirst) {
    if (sizeOf(variables) <= maxBytes) break;
    moved[key] = variables[key] ?? '';
    delete variables[key];
  }
  if (Object.keys(moved).length === 0) return { variables, file: undefined };
  return { variables: { ...variables, SETTINGS_FILE: settingsFile }, file: JSON.stringify(moved) };
}

/** Gives `use` the bundle's directory, or a copy of it with the file, for as long as it runs. */
export function withSettings<T>(bundle: string, file: string | undefined, use: (directory: string) => T): T {
  if (file === undefined) return use(bundle);
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-settings-'));
  try {
    cpSync(bundle, directory, { recursive: true });
    writeFileSync(join(directory, settingsFile), file);
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function sizeOf(variables: Readonly<Record<string, string>>): number {
  return Object.entries(variables).reduce((sum, [key, value]) => sum + key.length + bytesOf(value), 0);
}

function bytesOf(value = ''): number {
  return Token.isUnresolved(value) ? filledInBytes : Buffer.byteLength(value);
}
