/** The real S3 client, against a server that has one object. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readCredentials } from './source-credentials.ts';

let answer: { status?: number; body: string };
const server = createServer((_request, response) => {
  const { status = 200, body } = answer;
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) }).end(body);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
beforeEach(() => {
  answer = { body: '{}' };
});

const settings = {
  region: 'ap-northeast-1',
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  credentials: { accessKeyId: 'a', secretAccessKey: 's' },
  maxAttempts: 1,
};
const read = () =>
  readCredentials('git.test', { bucket: 'team-git', key: 'git.json' }, new AbortController().signal, settings);
const KEY = '-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n-----END OPENSSH PRIVATE KEY-----\n';

describe('credentials of a source', () => {
  it.each([{ username: 'u', password: 'a:b ü' }, { token: 'abc' }, { privateKey: KEY }])(
    'are what the object has: %j',
    async (content) => {
      answer.body = JSON.stringify(content);
      expect(await read()).toEqual(content);
    },
  );

  it.each([
    ['SECRET', 'must be JSON: {"username", "password"} or {"token"} for http(s), {"privateKey"} for ssh'],
    [JSON.stringify({ password: 'SECRET' }), 'are malformed'],
    [JSON.stringify({ token: 'SECRET\n' }), 'are malformed: token must be text without blanks and line ends'],
    [JSON.stringify({ token: 'x', username: 'SECRET' }), 'are malformed: token must be the only member, a text'],
    [JSON.stringify({ privateKey: 'SECRET' }), 'are malformed: privateKey must be an OpenSSH or PEM private key'],
    [JSON.stringify({ token: 'SECRET'.repeat(3_000) }), 'are no text of at most 16384 bytes'],
  ])('are refused with the host, the object and what is wrong, and nothing of what they are: %#', async (body, why) => {
    answer.body = body;
    const error = await read().catch((thrown: Error) => thrown);
    expect(String(error)).toContain(`the credentials of git.test, s3://team-git/git.json, ${why}`);
    expect(String(error)).not.toContain('SECRET');
  });

  it.each([
    [403, 'AccessDenied', "are not there, or the task's role may not read them"],
    [403, 'AccessDenied', 'are not there', 'not authorized to perform: s3:ListBucket'],
    [301, 'PermanentRedirect', 'lie in another Region'],
    [404, 'NoSuchBucket', 'cannot be read: it does not exist', 'it does not exist'],
  ])('that S3 answers with %i %s %s', async (status, code, why, message = 'Access Denied') => {
    answer = { status, body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` };
    await expect(read()).rejects.toThrow(`the credentials of git.test, s3://team-git/git.json, ${why}`);
  });
});
