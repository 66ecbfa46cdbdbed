import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findAccount } from './account.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-account-'));
const keys = { AWS_ACCESS_KEY_ID: 'AKID-environment', AWS_SECRET_ACCESS_KEY: 'secret' };

beforeAll(() => {
  const [config, credentials] = [join(directory, 'config'), join(directory, 'credentials')];
  const regions = ['[default]', 'region = eu-west-3', '[profile acme]', 'region = eu-central-1', '[profile bare]'];
  writeFileSync(config, `${regions.join('\n')}\n`);
  const owners = ['default', 'acme', 'bare'];
  const of = (name: string) => `[${name}]\naws_access_key_id = AKID-${name}\naws_secret_access_key = secret\n`;
  writeFileSync(credentials, owners.map(of).join(''));
  vi.stubEnv('AWS_CONFIG_FILE', config);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', credentials);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

describe('the account that the preflight asks is', () => {
  const cases: [string, string[], NodeJS.ProcessEnv, string, string][] = [
    ['that of the profile "default"', [], {}, 'AKID-default', 'eu-west-3'],
    ['that of --profile', ['--require-approval', 'never', '--profile', 'acme'], {}, 'AKID-acme', 'eu-central-1'],
    ["that of --profile= before the environment's keys", ['--profile=acme'], keys, 'AKID-acme', 'eu-central-1'],
    ['that of AWS_PROFILE', [], { AWS_PROFILE: 'acme' }, 'AKID-acme', 'eu-central-1'],
    ['that of AWS_DEFAULT_PROFILE', [], { AWS_DEFAULT_PROFILE: 'acme' }, 'AKID-acme', 'eu-central-1'],
    [
      "that of the environment's keys before AWS_PROFILE",
      [],
      { ...keys, AWS_PROFILE: 'acme' },
      'AKID-environment',
      'eu-central-1',
    ],
    [
      'in the Region of the default profile where its own names none',
      ['--profile', 'bare'],
      {},
      'AKID-bare',
      'eu-west-3',
    ],
    [
      'in the Region of --region before all else',
      ['--region', 'us-west-2'],
      { AWS_REGION: 'sa-east-1' },
      'AKID-default',
      'us-west-2',
    ],
    [
      'in the Region of AWS_REGION before AWS_DEFAULT_REGION',
      [],
      { AWS_REGION: 'sa-east-1', AWS_DEFAULT_REGION: 'us-east-2' },
      'AKID-default',
      'sa-east-1',
    ],
    [
      'in the Region of AWS_DEFAULT_REGION before that of a profile',
      [],
      { AWS_DEFAULT_REGION: 'us-east-2' },
      'AKID-default',
      'us-east-2',
    ],
  ];
  test.each(cases)('%s', async (_, options, environment, accessKeyId, region) => {
    const account = await findAccount(options, environment);
    expect(account.region).toBe(region);
    expect(await account.credentials()).toMatchObject({ accessKeyId });
  });
});

test('keys of a session are taken with their token', async () => {
  const { credentials } = await findAccount([], { ...keys, AWS_SESSION_TOKEN: 'token' });
  expect(await credentials()).toEqual({
    accessKeyId: 'AKID-environment',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
});
