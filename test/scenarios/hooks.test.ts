/** Git servers call the deployed webhook: the real routes, bundle, role and Parameter Store, with a delivery of each server. */
import { createHmac } from 'node:crypto';
import { type ServerName, serverNames } from '@hourglass/webhooks';
import { type Sample, sample } from '@hourglass/webhooks/testing';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';
import { putSecrets, secretOf, sendDelivery } from './hooks.ts';
import { MANY, REPOSITORIES } from './synthesize.setup.ts';

let world: Deployment;
beforeEach(async () => {
  world = await deploy({}, inject('assemblyWithHooks'));
  putSecrets(world.cloud);
});
afterEach(() => world.close());

const pushOf = (server: ServerName) => sample(server, 'push', secretOf(server)) as Sample;

describe('a push', () => {
  it.each(serverNames)('of %s asks for the mirror of the configured address', async (server) => {
    const { status, body } = await sendDelivery(world.cloud, server, pushOf(server));
    expect({ status, body }).toMatchObject({ status: 202, body: { outcome: 'push', repositories: [`of-${server}`] } });
    await world.pass(5);
    expect(world.runs.map(({ key }) => key)).toEqual([`mirror:of-${server}`]);
    const sources = REPOSITORIES as Record<string, { source: string }>;
    expect(world.events('MirrorRequested')).toMatchObject([{ sourceUrl: sources[`of-${server}`]?.source }]);
  });

  it('of one among more repositories than fit into a function and a role is mirrored, and its server may ask for each', async () => {
    const names = Object.keys(MANY).filter((name) => name.startsWith('of-many-'));
    const bytes = (name: string) =>
      JSON.stringify(world.cloud.functions.find(`hourglass-test-${name}`).settings.variables).length;
    expect([bytes('webhook') < 4_096, bytes('intake') < 4_096]).toEqual([true, true]);
    for (const name of [names[0], names.at(-1)] as string[]) {
      const path = name.replace('of-many-', 'many/app-');
      const body = JSON.stringify({
        ref: 'refs/heads/main',
        repository: { full_name: path, clone_url: `https://gitea.example.com/${path}.git` },
      });
      const headers = {
        'x-gitea-event': 'push',
        'x-gitea-signature': createHmac('sha256', secretOf('gitea')).update(body).digest('hex'),
      };
      const delivery = { ...pushOf('gitea').delivery, headers, body: Buffer.from(body) };
      expect(await sendDelivery(world.cloud, 'gitea', { ...pushOf('gitea'), delivery })).toMatchObject({
        status: 202,
        body: { repositories: [name] },
      });
    }
    await world.pass(10);
    expect(world.runs.map(({ key }) => key).sort()).toEqual([`mirror:${names[0]}`, `mirror:${names.at(-1)}`]);
  });

  it('signed with another secret is refused, and mirrors nothing', async () => {
    const forged = sample('github', 'push', 'guessed') as Sample;
    expect(await sendDelivery(world.cloud, 'github', forged)).toMatchObject({
      status: 401,
      body: { outcome: 'refused' },
    });
    await world.pass(5);
    expect(world.runs).toEqual([]);
  });

  it('with the token in the path is taken where the server signs nothing, and with another token refused', async () => {
    const { delivery, ...rest } = pushOf('backlog');
    const { query: _, ...bare } = delivery;
    const withPath = (token: string) => sendDelivery(world.cloud, 'backlog', { ...rest, delivery: bare }, `/${token}`);
    expect(await withPath(secretOf('backlog'))).toMatchObject({ status: 202 });
    expect(await withPath('guess')).toMatchObject({ status: 401 });
  });

  it('that comes again is answered with 2xx, and mirrored once', async () => {
    const delivery = pushOf('gitlab');
    expect((await sendDelivery(world.cloud, 'gitlab', delivery)).status).toBe(202);
    expect(await sendDelivery(world.cloud, 'gitlab', delivery)).toMatchObject({ status: 200 });
    await world.pass(70);
    expect(world.runs).toHaveLength(1);
  });

  it('to a source that is not there is 404, and below it too', async () => {
    expect((await sendDelivery(world.cloud, 'nobody', pushOf('github'))).status).toBe(404);
    expect((await sendDelivery(world.cloud, 'github', pushOf('github'), '/a/b')).status).toBe(404);
  });

  it('is a 500 that is worth repeating while its secret is missing', async () => {
    await world.close();
    world = await deploy({}, inject('assemblyWithHooks'));
    expect((await sendDelivery(world.cloud, 'github', pushOf('github'))).status).toBe(500);
    putSecrets(world.cloud);
    expect((await sendDelivery(world.cloud, 'github', pushOf('github'))).status).toBe(202);
  });

  it.each([
    ['5 MB as a form, which Lambda takes no more', 5_000_000],
    ['11 MB, which API Gateway takes no more', 11_000_000],
  ])('of %s is answered with 413 before the function', async (_, bytes) => {
    const { delivery, ...rest } = pushOf('github');
    const headers = { ...delivery.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const large = { ...rest, delivery: { ...delivery, headers, body: Buffer.alloc(bytes, 'x') } };
    expect((await sendDelivery(world.cloud, 'github', large)).status).toBe(413);
    expect(world.traces.filter(({ kind }) => kind === 'invocation-end')).toEqual([]);
  });
});

it('no secret is in a log or an answer', async () => {
  const answers = [];
  for (const server of serverNames) {
    answers.push(await sendDelivery(world.cloud, server, pushOf(server)));
    answers.push(await sendDelivery(world.cloud, server, sample(server, 'push', 'wrong:wrong') as Sample));
  }
  const said = JSON.stringify([answers, world.traces.filter(({ kind }) => kind === 'log')]);
  expect(said.length).toBeGreaterThan(5_000);
  for (const server of serverNames) expect(said).not.toContain(secretOf(server));
});
