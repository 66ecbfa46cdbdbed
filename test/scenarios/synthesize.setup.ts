/** Synthesizes the deployment `test` once for all scenarios. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    assembly: string;
  }
}

export const API_KEY = 'the key of the tests';

export default async function setup(project: TestProject): Promise<() => void> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-scenarios-'));
  const assembly = await synthesizeWorld(
    {
      deployment: 'test',
      sourceHost: 'git.test',
      destinationPrefix: 'codecommit::ap-northeast-1://',
      apiKeySha256: createHash('sha256').update(API_KEY).digest('hex'),
      // A scenario's minutes mean the same wherever its hour begins; what the defaults do is in defaults.test.ts.
      billing: 'anchored',
      maxDelaySeconds: 0,
    },
    dir,
  );
  project.provide('assembly', assembly);
  return () => rmSync(dir, { recursive: true, force: true });
}
