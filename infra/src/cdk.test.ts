/** `deploy` as a user runs it, against an account that is a server of this test: the preflight stands before the CDK CLI. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from './assets.ts';
import { preflightActions } from './documents/permission-table.ts';
import { exampleConfig } from './example-config.ts';
import { startAccountServer } from './testing/account-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-cdk-'));
const server = await startAccountServer();
const { asked } = server;
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const account = {
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: server.url,
};

const { PATH, NODE_COMPILE_CACHE } = process.env;
async function run(config: unknown, verb: string, environment: NodeJS.ProcessEnv = account, ...options: string[]) {
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [join(repositoryRoot, 'infra/src/cdk.ts'), verb, ...options], {
    cwd: directory,
    env: { PATH, NODE_COMPILE_CACHE, HOME: directory, HOURGLASS_CONFIG: 'config.json', ...environment },
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stderr };
}

describe('deploy', () => {
  test('refuses an account that does not fit, by keys, and asks it nothing but to describe', async () => {
    const { status, stderr } = await run(exampleConfig, 'deploy');
    expect(status).toBe(2);
    expect(stderr).toContain(`taskSubnets[0]: subnet-0aaaaaaaaaaaaaaa1 is in vpc-2, not in ${exampleConfig.vpcId}`);
    expect(stderr).toContain('routeTables[0]: rtb-0123456789abcdef0 is not in this account and Region');
    expect(stderr).toContain('vpcId: private DNS needs enableDnsHostnames');
    expect(stderr).toContain('maxParallelTasks: 10 tasks take 2.5 vCPUs, and the quota of Fargate is 2');
    expect(stderr).toContain('deployment: 9 functions may run at once, and the quota of Lambda is 2');
    // And nothing that the table of permissions does not name.
    const named = new Set(asked.map(({ operation }) => operation));
    const allowed = ['GET', 'HEAD', ...preflightActions.map((action) => action.replace(/^.*:/, ''))];
    expect(allowed).toEqual(expect.arrayContaining([...named]));
    const always = preflightActions.filter((action) => /^(ec2|sts|servicequotas):/.test(action));
    expect([...named]).toEqual(expect.arrayContaining(always.map((action) => action.replace(/^.*:/, ''))));
  });

  test('says what is missing where there is no Region, without a stack trace', async () => {
    const { status, stderr } = await run(exampleConfig, 'deploy', {});
    expect(status).toBe(2);
    expect(stderr).toBe('No Region is named: give --region, AWS_REGION, or a profile that has a region.\n');
  });

  test('refuses a bad configuration before it asks the account', async () => {
    asked.length = 0;
    const { status, stderr } = await run({ ...exampleConfig, deployment: 'd'.repeat(25) }, 'deploy');
    expect({ status, asked }).toEqual({ status: 2, asked: [] });
    expect(stderr).toContain('deployment: must be at most 24 characters');
  });
});

test('an unknown verb is answered with those that there are', async () => {
  const { status, stderr } = await run(exampleConfig, 'undo');
  expect(status).toBe(2);
  expect(stderr).toContain('deploy|destroy|diff');
});

test('--profile is whom the preflight asks and whom the CDK CLI asks, each in the same Region', async () => {
  const home = mkdtempSync(join(directory, 'home-'));
  mkdirSync(join(home, '.aws'));
  writeFileSync(join(home, '.aws/config'), '[default]\nregion = eu-west-3\n[profile acme]\noutput = json\n');
  const keys = ['default', 'acme'].map(
    (name) => `[${name}]\naws_access_key_id=AKID-${name}\naws_secret_access_key=s\n`,
  );
  writeFileSync(join(home, '.aws/credentials'), keys.join(''));
  const environment = { HOME: home, AWS_ENDPOINT_URL: server.url, AWS_EC2_METADATA_DISABLED: 'true' };
  for (const verb of ['deploy', 'diff']) {
    asked.length = 0;
    // The CLI asks who it is before it synthesizes, which is not the matter here.
    await run(exampleConfig, verb, environment, '--profile', 'acme', '--app', 'false');
    expect(asked.length).toBeGreaterThan(0);
    for (const call of asked) expect(call).toMatchObject({ accessKeyId: 'AKID-acme', region: 'eu-west-3' });
  }
});
