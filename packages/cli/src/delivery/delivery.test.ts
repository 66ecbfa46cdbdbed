import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverNames } from '@hourglass/webhooks';
import { kinds, sample } from '@hourglass/webhooks/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDeliveryFile } from './read-file.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-delivery-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

const main = new URL('../main.ts', import.meta.url).pathname;

function hourglass(...args: string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'delivery', ...args], (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

async function file(content: unknown, name = 'delivery.json'): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const SECRET = 'hunter2:sesame';
const { delivery } = sample('github', 'form', SECRET) ?? {};
const gitHub = {
  server: 'github',
  headers: delivery?.headers,
  body: Buffer.from(delivery?.body ?? []).toString(),
  secret: SECRET,
};

describe('hourglass delivery', () => {
  it('prints the outcome of a push as one JSON object, and has status 0', async () => {
    const { status, stdout, stderr } = await hourglass(await file(gitHub), '--json');
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      outcome: 'push',
      repository: {
        names: ['acme/widgets', 'widgets'],
        cloneUrls: ['https://github.example.com/acme/widgets.git', 'git@github.example.com:acme/widgets.git'],
      },
      refs: [{ ref: expect.stringMatching(/^refs\/heads\/ゆるふわ/), deleted: false }],
      deliveryId: 'f6266f16-1bf3-46a5-9ea4-602e06ead473',
      why: null,
    });
  });

  it('says in words why a delivery is refused, without any secret, and has status 1', async () => {
    const refused = await hourglass(await file({ ...gitHub, secret: 'open:tomorrow' }));
    expect(refused.status).toBe(1);
    expect(refused.stdout).toMatch(/^refused \(401\)\nThe signature in X-Hub-Signature-256 does not fit/);
    expect(refused.stdout + refused.stderr).not.toMatch(/hunter2|sesame|tomorrow/);
  });

  it('says so when only the layout of the body keeps its signature from fitting', async () => {
    const push = sample('github', 'push', SECRET)?.delivery;
    const body = JSON.stringify(JSON.parse(Buffer.from(push?.body ?? []).toString()), null, 2);
    const refused = await hourglass(await file({ ...gitHub, headers: push?.headers, body }), '--json');
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout).why).toMatch(/does not fit.*does fit this body without its blanks/);
  });

  it('has status 2 and a word about the fault for a file that cannot be read', async () => {
    const absent = await hourglass(join(dir, 'nowhere.json'), '--json');
    expect(absent).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('is not there') });
    const server = await hourglass(await file({ ...gitHub, server: 'svn' }), '--json');
    expect(server).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/server must be one of github/),
    });
  });
});

describe('its file', () => {
  const read = async (content: unknown) => readDeliveryFile(await file(content, 'one.json'), 5_000);

  it.each([
    ['not JSON', `{"secret": "${SECRET}"`, /is not JSON$/],
    ['a list', [], /is no delivery/],
    ['null', 'null', /the whole must be a JSON object/],
    ['a body that is JSON itself', { ...gitHub, body: { ref: 'x' } }, /body must be the exact text/],
    ['headers as a list', { ...gitHub, headers: ['a: b'] }, /headers must be an object/],
    ['a secret that is an object', { ...gitHub, secret: {} }, /secret must be a text/],
    ['no server', { ...gitHub, server: undefined }, /server must be one of/],
    ['no body', { ...gitHub, body: undefined }, /body must be there/],
    ['two bodies', { ...gitHub, bodyBase64: '' }, /not both/],
    ['no base64', { ...gitHub, body: undefined, bodyBase64: '*' }, /bodyBase64 must be base64/],
    ['a time in words', { ...gitHub, receivedAt: 'now' }, /receivedAt must be a number/],
    ['a header that is an object', { ...gitHub, headers: { a: {} } }, /headers\.a must be a text/],
  ])('is refused with its fault, and without its secret: %s', async (_, content, fault) => {
    const refused = await read(content).catch((error: Error) => error);
    expect(refused).toMatchObject({ name: 'UsageError', message: expect.stringMatching(fault) });
    expect(String(refused)).not.toMatch(/hunter2|sesame/);
  });

  it('may have its body as base64, its headers in any case, its query as an object, and no secret', async () => {
    const { delivery } = await read({
      server: 'backlog',
      headers: { 'X-One': '1', 'x-one': 2, 'X-Two': ['a'] },
      bodyBase64: Buffer.from([0xff, 0]).toString('base64'),
      query: { token: 'a+b&c' },
    });
    expect(delivery).toEqual({
      headers: { 'x-one': ['1', '2'], 'x-two': 'a' },
      body: Buffer.from([0xff, 0]),
      query: 'token=a%2Bb%26c',
      secrets: [],
      receivedAtMs: 5_000,
    });
    expect((await read({ ...gitHub, receivedAt: 1_700_000_000.5 })).delivery.receivedAtMs).toBe(1_700_000_000_500);
  });

  it('may have its base64 in lines, as the command of that name writes it, and in the alphabet of addresses', async () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => 255 - index));
    const lines = bytes.toString('base64').replaceAll(/.{76}/g, '$&\n');
    for (const bodyBase64 of [`${lines}\n`, bytes.toString('base64url')]) {
      const { delivery } = await read({ ...gitHub, body: undefined, bodyBase64 });
      expect(Buffer.from(delivery.body)).toEqual(bytes);
    }
  });

  it('gives back each delivery of each server as it was', async () => {
    for (const server of serverNames) {
      for (const kind of kinds.filter((one) => one !== '1 MB')) {
        const { delivery } = sample(server, kind, SECRET) ?? {};
        if (delivery === undefined) continue;
        const { headers, query, receivedAtMs } = delivery;
        const bodyBase64 = Buffer.from(delivery.body).toString('base64');
        const content = { server, headers, query, bodyBase64, secret: SECRET, receivedAt: receivedAtMs / 1_000 };
        expect(await read(content)).toEqual({ server, delivery });
      }
    }
  });
});
