import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MAX_COMMITS, type Outcome, type StatusEffects, setCommitStatus } from './set-commit-status.ts';

const COMMIT = 'a'.repeat(40);
const outcome: Outcome = {
  leaseId: 'main',
  taskKey: 'mirror:app',
  requestId: 'push-1',
  state: 'success',
  description: 'mirrored to CodeCommit in 4 s',
};

interface Seen {
  method: string | undefined;
  url: string | undefined;
  headers: IncomingMessage['headers'];
  body: unknown;
}

let server: Server;
let api: string;
let seen: Seen[];
let answer: { status: number; body: string };
let warnings: string[];
beforeEach(async () => {
  seen = [];
  warnings = [];
  answer = { status: 201, body: '{}' };
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body: JSON.parse(body) });
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const effects = (kind: string, source: string, commits: string[] = [COMMIT]): StatusEffects => ({
  hosts: { 'git.example.com': { server: kind as 'github', parameter: '/t', api } },
  sources: { app: source },
  commitsOf: async () => commits,
  readToken: async () => 'the-token',
  fetch,
  warn: (message) => void warnings.push(message),
});

it.each([
  [
    'github',
    'https://git.example.com/acme/app.git',
    '/api/repos/acme/app/statuses/',
    { authorization: 'Bearer the-token' },
  ],
  [
    'gitlab',
    'git@git.example.com:tools/deep/app.git',
    '/api/projects/tools%2Fdeep%2Fapp/statuses/',
    { 'private-token': 'the-token' },
  ],
  [
    'gitea',
    'ssh://git@git.example.com:22/acme/a%20b.git',
    '/api/repos/acme/a%20b/statuses/',
    { authorization: 'token the-token' },
  ],
  [
    'forgejo',
    'https://git.example.com/acme/app',
    '/api/repos/acme/app/statuses/',
    { authorization: 'token the-token' },
  ],
])('%s is posted to the commit, as its API wants it', async (kind, source, path, headers) => {
  await setCommitStatus(outcome, effects(kind, source));
  expect(seen).toMatchObject([{ method: 'POST', url: `${path}${COMMIT}`, headers }]);
  const name = kind === 'gitlab' ? { name: 'hourglass' } : { context: 'hourglass' };
  expect(seen[0]?.body).toEqual({ state: 'success', description: 'mirrored to CodeCommit in 4 s', ...name });
});

it('a failure is posted in the word of each server, and cut to what GitHub takes', async () => {
  const failed = { ...outcome, state: 'failure' as const, description: 'x'.repeat(500) };
  for (const kind of ['gitlab', 'gitea']) {
    await setCommitStatus(failed, effects(kind, 'https://git.example.com/acme/app'));
  }
  expect(seen.map(({ body }) => (body as { state: string }).state)).toEqual(['failed', 'failure']);
  expect(seen[0]).toMatchObject({ body: { description: `${'x'.repeat(139)}…` } });
});

it.each([
  ['of another host', 'https://other.example.com/acme/app', 'mirror:app', [COMMIT]],
  ['that is a command', 'https://git.example.com/acme/app', 'command:clean', [COMMIT]],
  ['whose commits are not known', 'https://git.example.com/acme/app', 'mirror:app', []],
])('nobody is called for a task %s', async (_, source, taskKey, commits) => {
  await setCommitStatus({ ...outcome, taskKey }, effects('github', source, commits));
  expect(seen).toEqual([]);
});

it('a push of a hundred branches makes ten calls', async () => {
  const commits = Array.from({ length: 100 }, (_, index) => index.toString(16).padStart(40, '0'));
  await setCommitStatus(outcome, effects('github', 'https://git.example.com/acme/app', commits));
  expect(seen).toHaveLength(MAX_COMMITS);
});

it('a refusal is logged without the token, and is not tried again', async () => {
  answer = { status: 403, body: '{"message":"Resource not accessible by personal access token"}' };
  await setCommitStatus(outcome, effects('github', 'https://git.example.com/acme/app'));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/answered 403: .*not accessible by personal access token/);
  expect(warnings[0]).not.toContain('the-token');
});

it('GitLab, whose commit has this status already, is left alone', async () => {
  answer = { status: 400, body: '{"message":"Cannot transition status via :succeed from :success"}' };
  await setCommitStatus(outcome, effects('gitlab', 'https://git.example.com/acme/app'));
  expect(warnings).toEqual([]);
});

it.each([502, 429])('%i is thrown, so that Lambda tries again', async (status) => {
  answer = { status, body: 'busy' };
  const posted = setCommitStatus(outcome, effects('github', 'https://git.example.com/acme/app'));
  await expect(posted).rejects.toThrow(`answered ${status}`);
});

it('a server that is not there is thrown too, by its address and without the token', async () => {
  await new Promise((resolve) => server.close(resolve));
  const posted = setCommitStatus(outcome, effects('github', 'https://git.example.com/acme/app'));
  await expect(posted).rejects.toThrow(/127\.0\.0\.1:\d+\/api\/repos\/acme\/app\/statuses\/a+ gave no answer/);
  server.listen(0);
});
