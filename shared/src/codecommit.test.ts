/** What is asked of CodeCommit around a mirror, with a server of the test's own in its place. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureRepository, readCodeCommitAddress, setDefaultBranch } from './codecommit.ts';
import { isNo } from './errors.ts';

let server: Server;
let calls: [string, unknown][];
type Answer = { status: number; body: object };
/** Of several each is given once, the last one always. */
let answers: Record<string, Answer | Answer[]>;

beforeEach(async () => {
  calls = [];
  answers = {};
  server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    calls.push([action, JSON.parse(await text(request))]);
    const own = answers[action] ?? { status: 200, body: {} };
    const { status, body } = (Array.isArray(own) ? (own.length > 1 ? own.shift() : own[0]) : own) as Answer;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('AWS_ENDPOINT_URL_CODECOMMIT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const refused = (name: string) => ({ status: 400, body: { __type: name, message: name } });
const APP = 'codecommit::ap-northeast-1://app';

describe('a CodeCommit destination', () => {
  it('is known in both its forms, and nothing else is', () => {
    expect(readCodeCommitAddress('codecommit::eu-west-1://work@my.app')).toEqual({
      region: 'eu-west-1',
      repositoryName: 'my.app',
      profile: 'work',
    });
    expect(readCodeCommitAddress('https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app')).toEqual({
      region: 'eu-west-1',
      repositoryName: 'app',
    });
    for (const other of [
      'https://example.com/v1/repos/app',
      '/srv/app',
      'https://u:p@git-codecommit.a-b-1.amazonaws.com/v1/repos/x',
    ]) {
      expect(readCodeCommitAddress(other)).toBeUndefined();
    }
  });

  it('is made when it is not there, and gets its default branch', async () => {
    answers.GetRepository = refused('RepositoryDoesNotExistException');
    expect(await ensureRepository(APP)).toBeUndefined();
    await setDefaultBranch(APP, 'refs/heads/trunk');
    expect(calls).toEqual([
      ['GetRepository', { repositoryName: 'app' }],
      ['CreateRepository', { repositoryName: 'app' }],
      ['UpdateDefaultBranch', { repositoryName: 'app', defaultBranchName: 'trunk' }],
    ]);
  });

  it('that was made, though the answer was lost and the repeated call is refused, is there', async () => {
    answers.GetRepository = [refused('RepositoryDoesNotExistException'), { status: 200, body: {} }];
    answers.CreateRepository = [{ status: 500, body: {} }, refused('RepositoryLimitExceededException')];
    await expect(ensureRepository(APP)).resolves.toBeUndefined();
  });

  it('that AWS refuses to make is an error in its words, also after a repeated call', async () => {
    answers.GetRepository = refused('RepositoryDoesNotExistException');
    answers.CreateRepository = [{ status: 500, body: {} }, refused('RepositoryLimitExceededException')];
    await expect(ensureRepository(APP)).rejects.toThrow('RepositoryLimitExceededException');
  });

  it('is left alone when it is there, and gives its default branch', async () => {
    answers.GetRepository = { status: 200, body: { repositoryMetadata: { defaultBranch: 'main' } } };
    expect(await ensureRepository(APP)).toBe('main');
    expect(calls.map(([action]) => action)).toEqual(['GetRepository']);
  });

  it('is no failure when only pushing is allowed, or the branch was left out', async () => {
    answers.GetRepository = refused('AccessDeniedException');
    answers.UpdateDefaultBranch = refused('BranchDoesNotExistException');
    await expect(ensureRepository(APP)).resolves.toBeUndefined();
    await expect(setDefaultBranch(APP, 'main')).resolves.toBeUndefined();
  });

  it('is what no other destination is', async () => {
    await ensureRepository('/srv/app');
    await setDefaultBranch('/srv/app', 'main');
    expect(calls).toEqual([]);
  });
});

describe('a no of CodeCommit', () => {
  const refusalOf = async (answer: Answer) => {
    answers.GetRepository = answer;
    return await ensureRepository(APP).catch((error: unknown) => error);
  };

  it('has a name', async () => {
    expect(isNo(await refusalOf(refused('InvalidRepositoryNameException')))).toBe(true);
  });

  it.each([{ error: 'Unsupported service: codecommit' }, { message: 'Blocked by policy' }, {}])(
    'is no answer without one, which is of somebody between: %j',
    async (body) => {
      expect(isNo(await refusalOf({ status: 400, body }))).toBe(false);
      expect(isNo(await refusalOf({ status: 403, body }))).toBe(false);
    },
  );
});
