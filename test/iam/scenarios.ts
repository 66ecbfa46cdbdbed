/** Everything that the deployment does, good and bad, each shown to have happened: a scenario that misses its point proves nothing. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import { createServer } from 'node:http';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwsError, type CloudOptions } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { readWork, writeResult } from '@hourglass/lease-dynamodb';
import { readCredentials } from '@hourglass/sources/credentials';
import { type Deployment, TABLE } from '../scenarios/deployment.ts';
import { API_KEY, CREDENTIALS } from '../scenarios/synthesize.setup.ts';

export interface Scenario {
  run(world: Deployment): Promise<void>;
  /** How the world is made; `world` gives it once it is there. */
  options?(world: () => Deployment): CloudOptions;
}

const lost = new AwsError('InternalException', 'lost', { httpStatus: 500 });
const noEndpoints = async (world: Deployment) => deepStrictEqual((await world.lease()).phase, 'closed');
const ran = (world: Deployment, ...keys: string[]) =>
  deepStrictEqual(
    world.runs.map(({ key }) => key),
    keys,
  );

export const scenarios: Record<string, Scenario> = {
  'a mirror and a named command, requests merged and asked again, one paid hour': {
    options: (world) => ({ tasks: { taskRunner: (task) => workAsTheTaskDoes(world(), task) } }),
    async run(world) {
      await world.requestMirror('app');
      await world.requestMirror('app');
      await world.put('TaskRequested', { version: 1, name: 'git-version' });
      await world.pass(4);
      await world.requestMirror('app');
      await world.pass(70);
      ok(world.events('TaskSucceeded').length >= 2);
      await noEndpoints(world);
    },
  },
  'a request that hastens one which waits for its start': {
    async run(world) {
      await world.requestMirror('app', { maxDelaySeconds: 7_200 });
      await world.pass(1);
      await world.requestMirror('app', { maxDelaySeconds: 3_600 });
      await world.pass(180);
      ran(world, 'mirror:app');
    },
  },
  'many requests at once, more than run beside each other': {
    async run(world) {
      for (let n = 0; n < 30; n += 1) await world.requestMirror(`app-${n}`);
      await world.pass(70);
      deepStrictEqual(world.runs.length, 30);
    },
  },
  'a task that fails for good, replayed by a redrive, by the operator, and parked after its last redrive': {
    async run(world) {
      world.behave.exitCode = 1;
      await world.requestMirror('app');
      await world.pass(70);
      deepStrictEqual(world.messages('failed-mirrors').length, 1);
      for (let redrive = 1; redrive <= 4; redrive += 1) {
        await world.pass(6 * 60);
        await world.requestMirror(`other-${redrive}`);
        await world.pass(70);
      }
      const parked = world.messages('failed-mirrors').map((body) => JSON.parse(body).replays);
      ok(parked.includes(3), `nothing was parked: ${parked}`);
      const { account, region, core } = world.cloud;
      const arn = (name: string) => `arn:aws:sqs:${region}:${account}:hourglass-test-${name}`;
      world.behave.exitCode = 0;
      await world.pass(6 * 60);
      const move = { SourceArn: arn('failed-mirrors'), DestinationArn: arn('replay') };
      await core.call('sqs', 'StartMessageMoveTask', move, { kind: 'root', arn: 'root' });
      await world.pass(70);
      deepStrictEqual(world.messages('failed-mirrors'), []);
    },
  },
  'a creation that fails, and one that never succeeds': {
    async run(world) {
      const { cloudformation } = world.cloud.parts;
      cloudformation.failNextCreate('no capacity');
      await world.requestMirror('app');
      await world.pass(80);
      ran(world, 'mirror:app');
      world.cloud.onTrace((trace) => {
        if (trace.kind === 'stack' && trace.status === 'CREATE_IN_PROGRESS') cloudformation.failNextCreate('none');
      });
      cloudformation.failNextCreate('none');
      await world.requestMirror('app');
      await world.pass(180);
      deepStrictEqual(world.messages('failed-mirrors').length, 1);
    },
  },
  'a creation that is refused at once': {
    async run(world) {
      let refusals = 1;
      const refuse = new AwsError('ValidationError', 'refused', { httpStatus: 400 });
      world.cloud.setFaults(({ operation }) =>
        operation === 'CreateStack' && refusals-- > 0 ? { refuse } : undefined,
      );
      await world.requestMirror('app');
      await world.pass(80);
      ran(world, 'mirror:app');
    },
  },
  'a deletion that fails, and is swept': {
    async run(world) {
      await world.requestMirror('app');
      await world.pass(10);
      world.cloud.parts.cloudformation.failNextDelete('the network interface is in use');
      await world.pass(80);
      await noEndpoints(world);
      ok(calledBy(world, 'teardown').includes('DeleteVpcEndpoints'));
    },
  },
  'an end that the runner dies of announcing, time after time: the teardown announces it': {
    async run(world) {
      world.cloud.setFaults(({ operation, input, invoker }) =>
        operation === 'PutEvents' &&
        invoker?.functionName.endsWith('-runner') &&
        JSON.stringify(input.Entries).includes('TaskSucceeded')
          ? { die: 'before' }
          : undefined,
      );
      await world.requestMirror('app');
      await world.pass(70);
      ok(calledBy(world, 'teardown').includes('DeleteItem'));
      ok(world.events('TaskSucceeded').length > 0);
    },
  },
  'a request while the endpoints go, of whose end the teardown learns first': {
    async run(world) {
      await world.requestMirror('app');
      await world.pass(20);
      world.cloud.setFaults(({ operation, input }) => {
        const name = String(input.FunctionName);
        return operation === 'Invoke' && name.endsWith('-provisioner') && world.minute() < 60
          ? { refuse: lost }
          : undefined;
      });
      for (let minute = 0; (await world.lease()).phase !== 'closing'; minute += 1) {
        ok(minute < 60, 'the lease is not closing at the end of its hour');
        await world.pass(1);
      }
      await world.requestMirror('web');
      await world.pass(70);
      ran(world, 'mirror:app', 'mirror:web');
    },
  },
  'the control plane deleted while endpoints are open: they go first': {
    async run(world) {
      await world.requestMirror('app');
      await world.pass(10);
      const answers: string[] = [];
      const door = createServer((request, response) => {
        request.on('data', (part: Buffer) => answers.push(part.toString()));
        request.on('end', () => response.end());
      });
      await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
      try {
        const ResponseURL = `http://127.0.0.1:${(door.address() as { port: number }).port}/`;
        const ids = { StackId: 'stack', RequestId: 'request', LogicalResourceId: 'EndpointsGoFirst' };
        const Payload = JSON.stringify({ RequestType: 'Delete', ResponseURL, ...ids });
        const invocation = { FunctionName: `${TABLE}-clean-up`, InvocationType: 'Event', Payload };
        await world.cloud.core.call('lambda', 'Invoke', invocation, { kind: 'root', arn: 'root' });
        await world.pass(10);
      } finally {
        await new Promise((resolve) => door.close(resolve));
      }
      deepStrictEqual(JSON.parse(answers.join()).Status, 'SUCCESS');
      ok(calledBy(world, 'clean-up').includes('DeleteStack'));
    },
  },
  'a request that is rejected': {
    async run(world) {
      await world.put('TaskRequested', { version: 1, name: 'unknown' });
      await world.pass(5);
      deepStrictEqual(world.messages('intake-dead').length, 1);
    },
  },
  'a request through the webhook': {
    async run(world) {
      const [base] = Object.values(await world.cloud.apiUrls());
      const body = JSON.stringify({ repository: 'app', sourceUrl: 'https://git.test/app' });
      const driving = world.cloud.driver.drive({ speed: 'jump' });
      const headers = { 'content-type': 'application/json', 'x-api-key': API_KEY };
      const { status } = await fetch(`${base}/requests`, { method: 'POST', headers, body });
      await driving.stop();
      deepStrictEqual(status, 202);
    },
  },
  'every event lost: the timers alone': {
    async run(world) {
      await world.requestMirror('app');
      world.cloud.setFaults(({ service }) => (service === 'events' ? { refuse: lost } : undefined));
      world.cloud.parts.events.emitServiceEvent = () => {};
      await world.pass(240);
      ran(world, 'mirror:app');
      await noEndpoints(world);
    },
  },
  'a task past its deadline, which is stopped': {
    async run(world) {
      world.behave.durationMs = 9 * HOUR_MS;
      await world.requestMirror('app');
      await world.pass(150);
      ok(calledBy(world, 'runner').includes('StopTask'));
    },
  },
  'a task that ECS has forgotten': {
    async run(world) {
      const { events, ecs } = world.cloud.parts;
      events.emitServiceEvent = () => {};
      world.cloud.setFaults(({ operation, input }) => {
        const timer = operation === 'Invoke' && JSON.stringify(input).includes('timer');
        return timer && ecs.tasks().length > 0 && world.minute() < 130 ? { refuse: lost } : undefined;
      });
      await world.requestMirror('app');
      await world.pass(300);
      ok(world.traces.some((trace) => trace.kind === 'api' && trace.operation === 'DescribeTasks'));
    },
  },
  'a task whose start was never answered, found by its token': {
    async run(world) {
      world.cloud.setFaults(({ operation }) =>
        operation === 'RunTask' && world.minute() < 5 ? { loseAnswer: lost } : undefined,
      );
      world.behave.durationMs = 10 * MINUTE_MS;
      await world.requestMirror('app');
      await world.pass(70);
      ok(calledBy(world, 'runner').includes('ListTasks'));
      ran(world, 'mirror:app');
    },
  },
  'a task for which there is no capacity, and one that could not start': {
    async run(world) {
      world.cloud.parts.ecs.failNextRun('RESOURCE:FARGATE', 1);
      await world.requestMirror('app');
      await world.pass(15);
      world.cloud.parts.ecs.failNextStart('ResourceInitializationError: unable to pull registry auth');
      await world.requestMirror('app');
      await world.pass(15);
      deepStrictEqual(world.events('TaskSucceeded').length, 2);
    },
  },
  'a schedule that cannot be delivered, and functions that fail to the end': {
    async run(world) {
      let broken: 'Invoke' | 'dynamodb' | undefined;
      world.cloud.setFaults(({ service, operation, principal }) => {
        const fired = broken === 'Invoke' && operation === 'Invoke' && principal.kind === 'role';
        return fired || (broken === service && principal.kind === 'role') ? { refuse: lost } : undefined;
      });
      await world.requestMirror('app');
      await world.pass(10);
      broken = 'dynamodb';
      const publish = (Source: string, DetailType: string) =>
        world.cloud.core.call(
          'events',
          'PutEvents',
          {
            Entries: [
              {
                EventBusName: TABLE,
                Source,
                DetailType,
                Detail: JSON.stringify({ version: 1, leaseId: 'test', fence: 1 }),
              },
            ],
          },
          world.cloud.core.assumeRole(roleOfFunction(world, 'runner'), 'lambda.amazonaws.com'),
        );
      for (const type of ['EndpointsNeeded', 'EndpointsReady', 'EndpointsReleased']) await publish('hourglass', type);
      await world.pass(15);
      ok(world.messages('unhandled').length >= 4, `${world.messages('unhandled').length} unhandled`);
      const cleanUp = { FunctionName: `${TABLE}-clean-up`, InvocationType: 'Event', Payload: '{}' };
      await world.cloud.core.call('lambda', 'Invoke', cleanUp, { kind: 'root', arn: 'root' });
      await world.pass(5);
      broken = 'Invoke';
      await world.pass(60);
      ok(world.messages('undelivered').length >= 1, 'nothing undelivered');
    },
  },
};

function calledBy(world: Deployment, service: string): string[] {
  const role = roleOfFunction(world, service);
  return world.traces.flatMap((trace) =>
    trace.kind === 'api' && trace.caller.kind === 'role' && trace.caller.roleArn === role ? [trace.operation] : [],
  );
}

function roleOfFunction({ cloud }: Deployment, service: string): string {
  const found = cloud.functions.all().find(({ settings }) => settings.name === `hourglass-test-${service}`);
  return found?.settings.roleArn ?? '';
}

/** The task's own calls, with its role's keys: reads its work and the credentials of each source, writes its result. */
async function workAsTheTaskDoes(
  { cloud }: Deployment,
  { environment, taskRoleArn = '' }: { environment: Readonly<Record<string, string>>; taskRoleArn: string | undefined },
) {
  const token = environment.WORK_ID ?? '';
  const credentials = cloud.credentialsFor(taskRoleArn);
  const settings = { region: cloud.region, requestHandler: cloud.requestHandler(), credentials };
  const document = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  await readWork(document, TABLE, token);
  const content = JSON.stringify({ token: 'x' });
  const { 'secret.test': secret, ...objects } = CREDENTIALS;
  for (const { bucket, key, ...rest } of Object.values(objects)) {
    cloud.parts.s3.putObject(bucket, key, { body: content, ...rest });
  }
  cloud.putSecret(secret.secretArn, content, secret.kmsKeyArn);
  for (const [host, place] of Object.entries(CREDENTIALS)) {
    deepStrictEqual(await readCredentials(host, place, new AbortController().signal, settings), { token: 'x' });
  }
  const effect = () =>
    writeResult(document, TABLE, token, { status: 'succeeded', message: 'done', defaultBranch: 'main' });
  return { durationMs: 5 * MINUTE_MS, exitCode: 0, effect };
}
