/** `deploy` as a user runs it, against an account that is a server of this test: the preflight stands before the CDK CLI. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryRoot } from './assets.ts';
import { preflightActions } from './documents/permission-table.ts';
import { exampleConfig } from './example-config.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-cdk-'));
const asked: string[] = [];
const answers: Record<string, string> = {
  DescribeVpcs: `<vpcSet><item><vpcId>${exampleConfig.vpcId}</vpcId><state>available</state><dhcpOptionsId>dopt-1</dhcpOptionsId></item></vpcSet>`,
  DescribeSubnets: `<subnetSet>${exampleConfig.taskSubnets
    .map((id) => `<item><subnetId>${id}</subnetId><vpcId>vpc-2</vpcId><availabilityZone>z</availabilityZone></item>`)
    .join('')}</subnetSet>`,
};
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    // Service Quotas speaks JSON, EC2 forms and XML.
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = new URLSearchParams(body).get('Action') ?? target.split('.')[1] ?? '';
    asked.push(operation);
    if (target !== '') {
      const { ServiceCode } = JSON.parse(body);
      const known = operation === 'GetAWSDefaultServiceQuota' || ServiceCode !== 'lambda';
      response.statusCode = known ? 200 : 400;
      response.end(JSON.stringify(known ? { Quota: { Value: 2 } } : { __type: 'NoSuchResourceException' }));
      return;
    }
    response.setHeader('content-type', 'text/xml');
    response.end(`<${operation}Response>${answers[operation] ?? ''}</${operation}Response>`);
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

const account = {
  AWS_REGION: 'ap-northeast-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
};

async function run(config: unknown, verb: string, environment: Partial<typeof account> = account) {
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
  const child = spawn(process.execPath, [join(repositoryRoot, 'infra/src/cdk.ts'), verb], {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: directory, HOURGLASS_CONFIG: 'config.json', ...environment },
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
    expect(new Set(asked)).toEqual(new Set(preflightActions.map((action) => action.split(':')[1])));
  });

  test('says what is missing where there is no Region, without a stack trace', async () => {
    const { status, stderr } = await run(exampleConfig, 'deploy', {});
    expect(status).toBe(2);
    expect(stderr).toContain('The account could not be asked: Region is missing');
    expect(stderr).not.toContain('    at ');
  });

  test('refuses a bad configuration before it asks the account', async () => {
    asked.length = 0;
    const { status, stderr } = await run({ ...exampleConfig, deployment: 'd'.repeat(25) }, 'deploy');
    expect({ status, asked }).toEqual({ status: 2, asked: [] });
    expect(stderr).toContain('deployment: must be at most 24 characters');
  });
});

test('an unknown verb is told what there is', async () => {
  const { status, stderr } = await run(exampleConfig, 'undo');
  expect(status).toBe(2);
  expect(stderr).toContain('deploy|destroy|diff');
});
