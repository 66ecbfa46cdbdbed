/** What becomes of requests is published outside: once to a mailbox, at the commits, and each outcome to an address of the user's. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';
import { REPOSITORIES } from './synthesize.setup.ts';

type OutsideRequest = Parameters<Parameters<Deployment['cloud']['parts']['events']['setOutside']>[0]>[0];

let world: Deployment;
let posted: OutsideRequest[];
let outside: { status: number; text: string } | 'nothing';
beforeEach(async () => {
  posted = [];
  outside = { status: 204, text: '' };
  world = await deploy({}, inject('assemblyWithHooks'));
  world.cloud.parts.events.setOutside(async (request) => {
    posted.push(request);
    return outside;
  });
});
afterEach(() => world.close());

const source = (REPOSITORIES as unknown as Record<string, { source: string }>)['of-gitlab']?.source;
const request = () => world.put('MirrorRequested', { version: 1, repository: 'of-gitlab', sourceUrl: source });
const subjects = () => world.cloud.parts.topics.notifications.map(({ subject }) => subject);
const postedTypes = () => posted.map(({ body }) => JSON.parse(body)['detail-type']);

describe('a mailbox', () => {
  it('hears of the first failure and of the recovery, and not of each attempt or of each failure', async () => {
    world.behave.exitCode = 1;
    await request();
    await world.pass(60);
    await request();
    await world.pass(600);
    expect(world.messages('failed-mirrors').length).toBeGreaterThan(0);
    expect(subjects()).toEqual(['mirror:of-gitlab fails']);
    world.behave.exitCode = 0;
    await request();
    await world.pass(600);
    expect(subjects()).toEqual(['mirror:of-gitlab fails', 'mirror:of-gitlab works again']);
  });

  it('hears nothing where nothing fails', async () => {
    await request();
    await world.pass(90);
    expect(world.runs).toHaveLength(1);
    expect(subjects()).toEqual([]);
  });
});

describe('an address of the user', () => {
  it('is posted each outcome, with the key of its connection', async () => {
    await request();
    await world.put('MirrorRequested', { version: 1, repository: 'nobody-knows-it', sourceUrl: source });
    await world.pass(60);
    expect(postedTypes().sort()).toEqual(['RequestRejected', 'TaskSucceeded']);
    expect(posted[0]).toMatchObject({
      method: 'POST',
      url: 'https://hooks.example.com/hourglass',
      headers: { 'x-team-key': 'the key of the team', 'user-agent': 'Amazon/EventBridge/ApiDestinations' },
    });
  });

  it.each([['answers 503', { status: 503, text: '' }] as const, ['gives no answer', 'nothing'] as const])(
    'that %s is asked again until it takes the outcome',
    async (_, answer) => {
      outside = answer;
      await request();
      await world.pass(30);
      expect(posted.length).toBeGreaterThan(2);
      outside = { status: 200, text: '' };
      await world.pass(30);
      const count = posted.length;
      await world.pass(600);
      expect(posted).toHaveLength(count);
      expect(world.messages('undelivered')).toEqual([]);
    },
  );

  it('that refuses an outcome for good leaves it in the queue of what was not delivered', async () => {
    outside = { status: 400, text: 'no' };
    await request();
    await world.pass(60);
    expect(posted).toHaveLength(1);
    expect(world.messages('undelivered').map((body) => JSON.parse(body)['detail-type'])).toEqual(['TaskSucceeded']);
  });
});

describe('the commits', () => {
  let server: Server;
  let seen: { url: string | undefined; token: unknown }[];
  beforeEach(async () => {
    seen = [];
    server = createServer((incoming, answer) => {
      seen.push({ url: incoming.url, token: incoming.headers['private-token'] });
      answer.writeHead(201).end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4`;
    const parameter = '/hourglass/test/status/gitlab';
    world.cloud.putParameter(parameter, 'glpat-of-the-team\n', 'arn:aws:kms:ap-northeast-1:123456789012:key/of-tokens');
    const hosts = { 'gitlab.example.com': { server: 'gitlab', parameter, api } };
    world.cloud.functions.find('hourglass-test-notifier').configure({ COMMIT_STATUS: JSON.stringify(hosts) });
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('that a mirror has carried are marked on their server', async () => {
    const commit = 'c'.repeat(40);
    world.behave.report = {
      changes: [{ ref: 'refs/heads/main', action: 'update', from: 'b'.repeat(40), to: commit }],
    };
    await request();
    await world.pass(60);
    expect(seen).toEqual([
      { url: `/api/v4/projects/tools%2Fdeep%2Fwidgets/statuses/${commit}`, token: 'glpat-of-the-team' },
    ]);
    expect(JSON.stringify(world.traces.filter(({ kind }) => kind === 'log'))).not.toContain('glpat-');
  });
});
