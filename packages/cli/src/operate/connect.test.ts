/** Which deployment a command means, and what it says where there is none: each as a process of its own, as a person starts it. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const NOBODY = 'http://127.0.0.1:1';
const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-connect-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** With nothing of AWS but what is given; no instance is asked for its role. */
function run(words: string[], given: Record<string, string> = {}): Promise<{ status: number; errors: string }> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|HOURGLASS_|XDG_)/.test(name));
  const own = { HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, AWS_EC2_METADATA_DISABLED: 'true' };
  const env = { ...Object.fromEntries(kept), ...own, ...given };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { env }, (error, _, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), errors: stderr });
    });
  });
}

describe('a command for operators says in one sentence, without a stack trace,', () => {
  it.each([
    [
      'that there are no credentials',
      ['status', '--region', 'eu-west-1'],
      {},
      1,
      /there are no AWS credentials .* sign in/,
    ],
    [
      'that a profile is not there',
      ['status', '--region', 'eu-west-1', '--profile', 'nobody'],
      {},
      1,
      /profile "nobody"/,
    ],
    ['that no Region is set', ['status', '--deployment', 'main'], keys, 1, /no Region is set: give --region/],
    [
      'that nothing answers where hourglass local is meant',
      ['status', '--endpoint-url', NOBODY],
      keys,
      1,
      /no Region is set for http:\/\/127\.0\.0\.1:1, and no hourglass local answers there/,
    ],
    [
      'that an endpoint does not answer',
      ['status', '--endpoint-url', NOBODY, '--region', 'eu-west-1', '--deployment', 'main'],
      keys,
      1,
      /http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED/,
    ],
    [
      'that an endpoint is no address',
      ['status', '--endpoint-url', 'localhost'],
      keys,
      2,
      /"localhost" is no http or https URL/,
    ],
  ])('%s', async (_, words, given, status, said) => {
    const ran = await run(words, given as Record<string, string>);
    expect(ran.errors).toMatch(said);
    expect(ran.errors.trim().split('\n')).toHaveLength(1);
    expect(ran.errors).not.toContain('secret');
    expect(ran.status).toBe(status);
  });
});

it('a hourglass local that runs is found by itself, and not where a profile is named', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(
      `${/Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1]} ${request.headers['x-amz-target'] ?? 'sts'}`,
    );
    request.resume();
    const isSts = request.headers['x-amz-target'] === undefined;
    response.writeHead(isSts ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(isSts ? '<GetCallerIdentityResponse/>' : '{"__type":"TheWorldSaysNo"}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const folder = await mkdtemp(join(home, 'runtime-'));
  const state = {
    version: 1,
    pid: process.pid,
    startedAtMs: 1,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'ap-northeast-1',
    deployment: 'local',
    credentials: { accessKeyId: 'LOCALKEY', secretAccessKey: 's', sessionToken: 't' },
  };
  await mkdir(join(folder, 'hourglass'));
  await writeFile(join(folder, 'hourglass', `local-${port}.json`), JSON.stringify(state));
  try {
    const found = await run(['status'], { XDG_RUNTIME_DIR: folder });
    expect(found.errors).toMatch(/AWS in ap-northeast-1 refuses SSM GetParametersByPath \(TheWorldSaysNo/);
    expect(asked).toContain('LOCALKEY AmazonSSM.GetParametersByPath');
    const before = asked.length;
    const named = await run(['status', '--region', 'eu-west-1', '--profile', 'nobody'], { XDG_RUNTIME_DIR: folder });
    expect(named.errors).toMatch(/profile "nobody"/);
    expect(asked).toHaveLength(before);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
