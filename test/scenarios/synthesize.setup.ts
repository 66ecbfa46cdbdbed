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

const keyArn = (id: string) => `arn:aws:kms:ap-northeast-1:123456789012:key/${id}`;
/** Where the deployment's credentials of sources rest, by host. */
export const CREDENTIALS = {
  'basic.test': { bucket: 'team-git', key: 'hourglass/basic.json' },
  'own-key.test': { bucket: 'team-git', key: 'hourglass/own-key.json', kmsKeyArn: keyArn('of-objects') },
  'secret.test': {
    secretArn: 'arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:git-AbCdEf',
    kmsKeyArn: keyArn('of-secrets'),
  },
};

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
      networks: Object.fromEntries(Object.entries(CREDENTIALS).map(([host, credentials]) => [host, { credentials }])),
      // So that a lease costs what it costs without a secret.
      existingEndpoints: ['secretsmanager'],
    },
    dir,
  );
  project.provide('assembly', assembly);
  return () => rmSync(dir, { recursive: true, force: true });
}
