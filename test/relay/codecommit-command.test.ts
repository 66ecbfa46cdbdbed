/** `hourglass mirror` towards CodeCommit: nothing is made before the source has answered, and what AWS says is shown in one sentence. */
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { createPair, type Pair } from './pair.ts';

let home: string;
let program: string;
let pair: Pair;
/** Names of the operations that CodeCommit was called for. */
let calls: string[];
/** What it answers: an error's type and message. */
let refusal: { __type: string; message: string } | string;
let codeCommit: http.Server;
let endpoint: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hourglass-home-'));
  program = await bundledHourglass();
  codeCommit = http.createServer((request, response) => {
    calls.push(String(request.headers['x-amz-target']).replace(/.*\./, ''));
    request.resume();
    response
      .writeHead(400, { 'content-type': 'application/x-amz-json-1.1' })
      .end(typeof refusal === 'string' ? refusal : JSON.stringify(refusal));
  });
  await new Promise<void>((resolve) => codeCommit.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(codeCommit.address() as AddressInfo).port}`;
});
afterAll(async () => {
  codeCommit.close();
  await rm(home, { recursive: true, force: true });
});
beforeEach(async () => {
  calls = [];
  refusal = { __type: 'RepositoryDoesNotExistException', message: 'app does not exist' };
  pair = await createPair();
});
afterEach(() => pair.close());

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'a-secret' };

function mirror(source: string, env: Record<string, string>, ...words: string[]) {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  const machine = { ...own, HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_ENDPOINT_URL_CODECOMMIT: endpoint };
  const all = ['mirror', source, 'codecommit::ap-northeast-1://app', ...words];
  return runHourglass(program, all, { ...machine, ...env });
}

it.each([
  ['is not there', () => `${pair.from.url}/nowhere`, 1],
  ['cannot be reached', () => 'http://127.0.0.1:1/app', 1],
])('a repository is not made for a source that %s', async (_, source, code) => {
  const end = await mirror(source(), KEYS, '--json');
  expect(end).toMatchObject({ code, stderr: '' });
  expect(JSON.parse(end.stdout)).toMatchObject({ result: 'failed', message: expect.stringMatching(/source/) });
  expect(calls).toEqual(['GetRepository']);
});

it('it is made once the source has answered', async () => {
  await pair.commit('main');
  await mirror(`${pair.from.url}/source`, KEYS);
  expect(calls).toEqual(['GetRepository', 'CreateRepository']);
});

describe.each<[string, Record<string, string>, typeof refusal | undefined, RegExp]>([
  ['no credentials', {}, undefined, /no AWS credentials .*sign in/],
  ['an unknown profile', { AWS_PROFILE: 'nobody' }, undefined, /no AWS credentials .*"nobody" .*is not in/],
  ['a key that was copied with its line end', { ...KEYS, AWS_SECRET_ACCESS_KEY: 'a-secret\n' }, undefined, /line end/],
  [
    'nobody who listens',
    { ...KEYS, AWS_ENDPOINT_URL_CODECOMMIT: 'http://127.0.0.1:1' },
    undefined,
    /cannot be reached \(ECONNREFUSED/,
  ],
  [
    'a token that has expired',
    KEYS,
    { __type: 'ExpiredTokenException', message: 'The security token is expired' },
    /ExpiredToken.*sign in anew/,
  ],
  [
    'keys that nobody has',
    KEYS,
    { __type: 'UnrecognizedClientException', message: 'invalid token' },
    /does not accept the credentials/,
  ],
  [
    'a clock that is wrong',
    KEYS,
    { __type: 'InvalidSignatureException', message: 'Signature expired: 1 is now earlier than 2' },
    /time of this machine .*set its clock/,
  ],
  [
    'a page that is not of AWS',
    KEYS,
    '<html>Please log in</html>',
    /is not AWS \(status 400\): a proxy or a login page/,
  ],
  [
    'a service that is not for this account',
    KEYS,
    { __type: 'AccountNotEnabledException', message: 'not enabled' },
    /refuses \(AccountNotEnabledException: not enabled\)/,
  ],
])('with %s', (_, env, said, sentence) => {
  it('one line says what to do, the report says the same, and the status is 1', async () => {
    if (said !== undefined) refusal = said;
    await pair.commit('main');
    const text = await mirror(`${pair.from.url}/source`, env);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^hourglass: [^\n]+\n$/);
    expect(text.stderr).toMatch(sentence);
    const json = await mirror(`${pair.from.url}/source`, env, '--json');
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ result: 'failed', message: expect.stringMatching(sentence) });
    expect(text.stderr + json.stdout).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
  });
});
