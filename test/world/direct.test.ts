/** The direct carrier with real parts: real repositories over git smart HTTP, the deployed templates and their bundles, packs in the simulated S3. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  addCommit,
  compareMirror,
  createEmptyRepository,
  createSite,
  requestMirror,
  type Site,
  startWorld,
  type World,
} from '@hourglass/cli';
import { AwsError, type Trace } from '@hourglass/cloud';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import {
  createOperatorClients,
  findLogSources,
  openDeployment,
  pause,
  readHistory,
  readHolds,
  readLastSuccesses,
  readLife,
  readLogs,
  readStatus,
  requestTask,
  resume,
} from '@hourglass/operations';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const FETCHER = 'hourglass-local-fetcher';
let dir: string;
let source: string;
/** Its templates serve every test: to synthesize them takes longer than most of the tests. */
let site: Site;
let world: World | undefined;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-direct-'));
  source = await createEmptyRepository(dir, 'app');
  await addCommit(source, { branch: 'main', message: 'one', files: { 'a.txt': 'one' } });
  site = await createSite({ sources: [source], carrier: 'direct' });
});
afterEach(async () => {
  await world?.close();
  world = undefined;
});
afterAll(async () => {
  await site?.close();
  await rm(dir, { recursive: true, force: true });
});

/** As an operator sees it. */
async function operate({ cloud }: World) {
  const clients = createOperatorClients({
    region: cloud.region,
    credentials: cloud.credentialsFor('root'),
    requestHandler: cloud.requestHandler(),
  });
  return await openDeployment({ clients, name: 'local' });
}

/** A world that carries directly, with all that is traced in it. */
async function start() {
  await site.renew();
  world = await startWorld(site, Date.UTC(2026, 0, 5, 9));
  const { cloud } = world;
  const [repository] = world.repositories;
  if (!repository) throw new Error('no repository is served');
  const traces: Trace[] = [];
  cloud.onTrace((trace) => traces.push(trace));
  const events = (detailType: string) =>
    traces.flatMap((trace) => (trace.kind === 'event' && trace.detailType === detailType ? [trace] : []));
  const ask = () => requestMirror(world as World, repository.name, repository.sourceUrl);
  const push = (message: string, content = message) =>
    addCommit(repository.path, { branch: 'main', message, files: { 'a.txt': content } });
  const endpoints = () => cloud.parts.ec2.lifetimes().filter(({ type }) => type === 'Interface');
  return { cloud, repository, traces, events, ask, push, endpoints };
}

describe('hourglass demo --carrier direct', () => {
  it('mirrors for real without a paid hour or a task, within five seconds', async () => {
    const run = [main, 'demo', '--carrier', 'direct', '--json', '--source', source];
    const { stdout } = await promisify(execFile)(process.execPath, run);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      carrier: 'direct',
      requests: 3,
      tasks: 0,
      leases: [],
      paidEndpointHours: 0,
      mirrors: [{ repository: 'app', refsEqual: true }],
      leaseClosed: true,
    });
    expect(summary.acceptedToMirroredMs).toHaveLength(3);
    expect(Math.max(...summary.acceptedToMirroredMs)).toBeLessThanOrEqual(5_000);
  });
});

describe('the direct carrier', () => {
  it('hands a pack over its bound to a task, once, with the reason, and the task mirrors it', async () => {
    const { cloud, repository, events, ask, push, traces, endpoints } = await start();
    // The least bound that there is, and what does not compress to less.
    cloud.functions.find(FETCHER).configure({ MAX_PACK_BYTES: '1024' });
    await push('big', randomBytes(4096).toString('hex'));
    await ask();
    await cloud.driver.advanceBy(3 * HOUR_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    const accepted = events('RequestAccepted').map(({ detail }) => detail as { leaseId: string; requestId: string });
    expect(accepted.map(({ leaseId }) => leaseId)).toEqual(['local-direct', 'local']);
    expect(new Set(accepted.map(({ requestId }) => requestId)).size).toBe(1);
    expect(events('TaskFailed').map(({ detail }) => detail)).toMatchObject([
      { leaseId: 'local-direct', next: 'handedOver', message: expect.stringMatching(/bigger than the 1024 bytes/) },
    ]);
    expect(traces.filter((trace) => trace.kind === 'task' && trace.status === 'RUNNING')).toHaveLength(1);
    expect(endpoints().length).toBeGreaterThan(0);
    expect(endpoints().every(({ deletedAtMs }) => deletedAtMs !== undefined)).toBe(true);
  });

  it('is seen by an operator like any other: waiting, running, paused, ended, with what its functions said', async () => {
    const { cloud } = await start();
    const deployment = await operate(world as World);
    const task = 'mirror:app';
    await pause(deployment, task);
    await cloud.driver.advanceBy(MINUTE_MS);
    expect(await readHolds(deployment)).toMatchObject({ tasks: [task], throughout: { tasks: [task] } });
    const { requestId } = await requestTask(deployment, { kind: 'mirror', name: 'app' });
    await cloud.driver.advanceBy(MINUTE_MS);
    expect(await readStatus(deployment)).toMatchObject({
      phase: 'closed',
      held: 1,
      waiting: [{ task, requestId, carrier: 'direct', held: true }],
      paused: { since: null, tasks: [task] },
    });
    expect(await readLife(deployment, requestId)).toMatchObject([{ state: 'held', carrier: 'direct' }]);

    await resume(deployment);
    for (let step = 0; step < 20 && (await readStatus(deployment)).running === 0; step += 1) {
      await cloud.driver.advanceBy(500);
    }
    expect(await readStatus(deployment)).toMatchObject({
      running: 1,
      runs: [{ task, requestId, carrier: 'direct', taskArn: null }],
      next: { code: 'task-ends' },
    });
    await cloud.driver.advanceBy(MINUTE_MS);
    expect(await readHistory(deployment, { limit: 10 })).toMatchObject([
      {
        requestId,
        result: 'succeeded',
        carrier: 'direct',
        door: 'operator',
        fence: null,
        taskArn: null,
        logStream: null,
      },
    ]);
    const [{ carried } = { carried: null }] = await readHistory(deployment, { limit: 10, task });
    expect(carried).toMatchObject({
      via: 'direct',
      refs: 1,
      created: 1,
      updated: 0,
      rejected: 0,
      bytes: expect.any(Number),
    });
    expect([...(await readLastSuccesses(deployment, [task])).keys()]).toEqual([task]);
    const [life] = await readLife(deployment, requestId);
    expect(life?.steps.map(({ what }) => what)).toEqual([
      expect.stringMatching(/^accepted from an operator/),
      'claimed, try 1',
      'the fetcher has begun',
      'the mirror succeeded',
    ]);
    const { sources, sinceMs = 0 } = await findLogSources(deployment, { about: task });
    const lines = await readLogs(deployment, sources, { sinceMs, limit: 100 });
    expect(new Set(lines.map(({ source }) => source))).toEqual(new Set(['fetcher', 'pusher']));
  });

  it('hands over what is reached by ssh, and an operator sees one life that goes on with the task', async () => {
    const { cloud, repository, events } = await start();
    await requestMirror(world as World, 'app', repository.sourceUrl.replace('http://', 'ssh://git@'));
    await cloud.driver.advanceBy(MINUTE_MS);
    const deployment = await operate(world as World);
    const [handedOver, ...more] = await readHistory(deployment, { limit: 10 });
    expect(more).toEqual([]);
    expect(handedOver).toMatchObject({ result: 'handedOver', carrier: 'direct', reason: expect.stringMatching(/ssh/) });
    const lives = await readLife(deployment, handedOver?.requestId ?? '');
    expect(lives).toMatchObject([{ state: 'waiting', carrier: 'fargate', attempts: [{ taskArn: null }] }]);
    expect(lives[0]?.steps.map(({ what }) => what)).toContain('handed over to a task');
    expect(events('TaskFailed').map(({ detail }) => detail)).toMatchObject([
      { leaseId: 'local-direct', next: 'handedOver', message: expect.stringMatching(/ssh/) },
    ]);
  });

  it('does nothing for a manifest that comes again after a later push was mirrored', async () => {
    const { cloud, repository, events, ask, push } = await start();
    await ask();
    await cloud.driver.advanceBy(MINUTE_MS);
    const [stored] = events('Object Created').filter(({ detail }) =>
      (detail as { object: { key: string } }).object.key.startsWith('manifests/'),
    );
    if (!stored) throw new Error('no manifest was stored');
    await push('two');
    await ask();
    await cloud.driver.advanceBy(MINUTE_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    cloud.emitServiceEvent({ source: 'aws.s3', detailType: 'Object Created', detail: stored.detail });
    await cloud.driver.advanceBy(MINUTE_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    expect(events('TaskSucceeded')).toHaveLength(2);
  });

  it('gets there by its timer where every event of S3 is lost', async () => {
    const { cloud, repository, ask } = await start();
    let losing = true;
    cloud.parts.events.setDeliveries(({ rule }) => (losing && /pack-stored|fetch-ended/.test(rule) ? [] : undefined));
    await ask();
    await cloud.driver.advanceBy(10 * MINUTE_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: false });
    losing = false;
    await cloud.driver.advanceBy(HOUR_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
  });

  it('takes an Inactive function not for dead: the timer calls again', async () => {
    const { cloud, repository, events, ask, endpoints } = await start();
    let refusals = 1;
    cloud.setFaults(({ service, operation, input }) => {
      if (service !== 'lambda' || operation !== 'Invoke' || !String(input.Payload).includes('token')) return undefined;
      if (refusals-- <= 0) return undefined;
      const message = 'The function is currently in the following state: Inactive';
      return { refuse: new AwsError('ResourceConflictException', message, { httpStatus: 409 }) };
    });
    await ask();
    await cloud.driver.advanceBy(5 * MINUTE_MS);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    expect(events('TaskFailed')).toEqual([]);
    expect(endpoints()).toEqual([]);
  });

  it('is kept awake by a daily call: a push after seven weeks of silence is mirrored at once', async () => {
    const { cloud, repository, events, ask } = await start();
    await cloud.driver.advanceBy(49 * 24 * HOUR_MS);
    await ask();
    await cloud.driver.advanceBy(10_000);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    expect(events('TaskFailed')).toEqual([]);
  });

  it('looks at a source by the clock: nothing new is no request, something new is one', async () => {
    const { cloud, repository, events, ask, push } = await start();
    await ask();
    await cloud.driver.advanceBy(MINUTE_MS);
    const lambda = new LambdaClient({
      region: cloud.region,
      credentials: cloud.credentialsFor('root'),
      requestHandler: cloud.requestHandler(),
    });
    const look = async () => {
      const Payload = JSON.stringify({
        look: { repository: 'app', sourceUrl: repository.sourceUrl, destination: '//app' },
      });
      await lambda.send(new InvokeCommand({ FunctionName: FETCHER, InvocationType: 'Event', Payload }));
      await cloud.driver.advanceBy(MINUTE_MS);
    };
    const stored = cloud.parts.s3.bucketNames().flatMap((bucket) => cloud.parts.s3.list(bucket)).length;
    await look();
    expect(events('MirrorRequested')).toHaveLength(1);
    expect(cloud.parts.s3.bucketNames().flatMap((bucket) => cloud.parts.s3.list(bucket))).toHaveLength(stored);
    await push('two');
    await look();
    expect(events('MirrorRequested')).toHaveLength(2);
    expect(await compareMirror(repository)).toMatchObject({ refsEqual: true });
    const [latest, first] = await readHistory(await operate(world as World), { task: 'mirror:app', limit: 2 });
    expect([latest?.door, first?.door]).toEqual(['schedule', 'bus']);
  });

  it('lets nobody but its two functions write or read the bucket, and leaves nothing there for two days', async () => {
    const { cloud, ask, traces } = await start();
    await ask();
    await cloud.driver.advanceBy(MINUTE_MS);
    const [bucket = ''] = cloud.parts.s3.bucketNames();
    expect(cloud.parts.s3.list(bucket).length).toBeGreaterThan(0);
    const [{ key } = { key: '' }] = cloud.parts.s3.list(bucket);
    const root = { kind: 'root', arn: `arn:aws:iam::${cloud.account}:root` } as const;
    const read = cloud.core.call('s3', 'GetObject', { Bucket: bucket, Key: key }, root);
    await expect(read).rejects.toThrow(/explicit deny/);
    const write = cloud.core.call(
      's3',
      'PutObject',
      { Bucket: bucket, Key: 'manifests/x/y', Body: Buffer.from('') },
      root,
    );
    await expect(write).rejects.toThrow(/explicit deny/);
    expect(traces.filter((trace) => trace.kind === 'api' && /Denied/.test(trace.outcome)).length).toBe(2);
    await cloud.driver.advanceBy(48 * HOUR_MS);
    expect(cloud.parts.s3.list(bucket)).toEqual([]);
  });
});
