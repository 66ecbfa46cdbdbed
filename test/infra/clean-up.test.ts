/**
 * The control plane's end, in the simulated AWS: its deletion first removes open endpoints, by the deployed function, its own role, and
 * the Scheduler; the answer goes where CloudFormation said, and the service role of the endpoints is all it takes.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from '../scenarios/deployment.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Calls the function as CloudFormation does, asynchronously, with an address for the answer. */
async function startDeletion(world: Deployment) {
  const answers: { Status: string; Reason: string; RequestId: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      answers.push(JSON.parse(body));
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => void server.close());
  const event = {
    RequestType: 'Delete',
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    StackId: 'arn:aws:cloudformation:ap-northeast-1:123456789012:stack/hourglass-test/1',
    RequestId: '11111111-2222-3333-4444-555555555555',
    LogicalResourceId: 'EndpointsGoFirst',
  };
  await world.cloud.core.call(
    'lambda',
    'Invoke',
    { FunctionName: 'hourglass-test-clean-up', InvocationType: 'Event', Payload: JSON.stringify(event) },
    { kind: 'root', arn: 'root' },
  );
  return answers;
}

async function start() {
  const world = await deploy();
  closers.push(() => world.close());
  return world;
}

const openEndpoints = (world: Deployment) =>
  world.cloud.parts.ec2
    .lifetimes()
    .filter(
      ({ type, deletedAtMs }) =>
        type === 'Interface' && (deletedAtMs ?? Number.POSITIVE_INFINITY) > world.cloud.clock.nowMs(),
    );

describe('the clean-up', () => {
  it('with open endpoints answers only when they are gone', async () => {
    const world = await start();
    await world.requestMirror('app');
    await world.pass(10);
    expect(openEndpoints(world)).not.toEqual([]);
    const answers = await startDeletion(world);
    await world.pass(1);
    expect(answers).toEqual([]);
    await world.pass(6);
    expect(answers).toMatchObject([{ Status: 'SUCCESS', RequestId: '11111111-2222-3333-4444-555555555555' }]);
    expect(openEndpoints(world)).toEqual([]);
    expect(world.messages('undelivered')).toEqual([]);
    expect(world.messages('unhandled')).toEqual([]);
  });

  it('without endpoints answers at once', async () => {
    const world = await start();
    const answers = await startDeletion(world);
    await world.pass(1);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  it('asks again when the deletion fails', async () => {
    const world = await start();
    await world.requestMirror('app');
    await world.pass(10);
    world.cloud.parts.cloudformation.failNextDelete('a reason');
    const answers = await startDeletion(world);
    await world.pass(12);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(openEndpoints(world)).toEqual([]);
  });
});
