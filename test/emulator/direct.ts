/**
 * The direct carrier there: two functions and a bucket, between real git servers of this machine. CodeCommit's place is taken by one of them, by the
 * configuration's own `destinationPrefix`.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  ListObjectsV2Command,
} from '@aws-sdk/client-s3';
import { addCommit, createEmptyRepository, type GitServer, serveGit } from '@hourglass/cli';
import type { HourglassConfigInput } from '@hourglass/infra';
import type { HistoryEntry, PrintedLine, RequestLife, Status } from '@hourglass/operations';
import type { Clients } from './clients.ts';
import { deleteStack, deploy } from './deploy.ts';
import type { Command } from './hourglass-command.ts';
import { type Steps, waitFor } from './steps.ts';
import { synthesize } from './synthesize.ts';

export interface Direct {
  clients: Clients;
  steps: Steps;
  command: Command;
  endpoint: string;
  region: string;
  directory: string;
  /** For the network and all that is not of this carrier. */
  config: HourglassConfigInput;
}

const DEPLOYMENT = 'emulator-direct';
const STACK = `hourglass-${DEPLOYMENT}`;
const ENDS_WITHIN_S = 180;

export async function runDirect(run: Direct): Promise<void> {
  const roots = { source: join(run.directory, 'source'), destination: join(run.directory, 'destination') };
  for (const root of Object.values(roots)) mkdirSync(root);
  const repository = await createEmptyRepository(roots.source, 'app');
  const mirror = await createEmptyRepository(roots.destination, 'app');
  const looked = await createEmptyRepository(roots.source, 'looked');
  const lookedMirror = await createEmptyRepository(roots.destination, 'looked');
  for (const path of [repository, looked])
    await addCommit(path, { branch: 'main', message: 'one', files: { 'a.txt': 'one' } });
  const source = await serveGit({ root: roots.source, receivePack: false });
  const destination = await serveGit({ root: roots.destination });
  try {
    await mirrorDirectly(run, { source, destination, repository, mirror, looked, lookedMirror });
  } finally {
    await source.close();
    await destination.close();
  }
}

interface Site {
  source: GitServer;
  destination: GitServer;
  /** Paths. */
  repository: string;
  mirror: string;
  /** Asked for by nobody: a schedule looks at it. */
  looked: string;
  lookedMirror: string;
}

async function mirrorDirectly(run: Direct, site: Site): Promise<void> {
  const { source, destination, repository, mirror } = site;
  const { clients, steps, command, region, endpoint } = run;
  const host = new URL(source.url).host;
  const config: HourglassConfigInput = {
    ...run.config,
    deployment: DEPLOYMENT,
    carrier: 'direct',
    destinationPrefix: `${destination.url}/`,
    repositories: {
      app: { source: `${source.url}/app` },
      none: { source: `${source.url}/none` },
      looked: { source: `${source.url}/looked`, schedule: 'rate(1 minute)' },
    },
    sources: { hosts: [host], cidrs: ['127.0.0.0/8'] },
  };
  const isDeployed = await steps.check('direct: the deployment of the direct carrier deploys', async () => {
    const assembly = await synthesize(run.directory, config);
    const { resources } = await deploy(clients, steps, { assembly, stackName: STACK, endpoint, region });
    return `CREATE_COMPLETE, ${resources} resources`;
  });
  if (!isDeployed) return;
  steps.inject('CodeCommit: a git server of this machine in its place, named by `destinationPrefix`');

  const Bucket = await bucketOf(clients);
  await steps.check('direct: the bucket has what the template says of it', async () => {
    const { s3 } = clients;
    const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    for (const sid of ['WriteFromTheVpcOnly', 'ReadByThePusherOnly'])
      if (!Policy.includes(sid)) throw new Error(Policy);
    const lifecycle = await s3
      .send(new GetBucketLifecycleConfigurationCommand({ Bucket }))
      .catch((error: Error) => error);
    if (lifecycle instanceof Error)
      steps.lack(`the bucket’s LifecycleConfiguration, which CloudFormation gives it: “${lifecycle.name}”`);
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
    return `its policy, ${lifecycle instanceof Error ? 'no' : 'its'} lifecycle, ${ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm}`;
  });

  const entryOf = async (requestId: string) =>
    (await command.json<HistoryEntry[]>('history', ...AT)).find((entry) => entry.requestId === requestId);
  const ask = async (name: string) => {
    const { requestId } = await command.json<{ requestId: string }>('request', 'mirror', name, ...AT);
    return await waitFor(`the end of ${requestId}`, ENDS_WITHIN_S, () => entryOf(requestId));
  };
  const refs = async (path: string) =>
    (await promisify(execFile)('git', ['-C', path, 'for-each-ref', '--format=%(refname) %(objectname)'])).stdout;
  const isMirrored = async (fromPath = repository, toPath = mirror) => {
    const [from, to] = [await refs(fromPath), await refs(toPath)];
    if (from !== to) throw new Error(`${from}\n${to}`);
    return from.trim();
  };

  await steps.check(
    'direct: fetcher, bucket, Object Created, pusher: the first mirror has the source’s refs',
    async () => {
      const { result, reason, carrier, carried } = await ask('app');
      if (result !== 'succeeded' || carrier !== 'direct') throw new Error(`${carrier} ${result}: ${reason}`);
      return `${await isMirrored()}; ${carried?.bytes} bytes`;
    },
  );
  await steps.check('direct: pack and manifest lie in the bucket', async () => {
    const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length < 2) throw new Error(JSON.stringify(Contents));
    return Contents.map(({ Key = '', Size }) => `${Key.split('/')[0]}/… ${Size} bytes`).join(', ');
  });
  await steps.check('direct: a second commit is carried on top of the first', async () => {
    await addCommit(repository, { branch: 'main', message: 'two', files: { 'b.txt': 'two' } });
    const { result, reason, carried } = await ask('app');
    if (result !== 'succeeded') throw new Error(String(reason));
    return `${await isMirrored()}; ${carried?.bytes} bytes`;
  });
  await steps.check('direct: a source that is not there fails with its reason, and show and logs have it', async () => {
    const { requestId, result, reason } = await ask('none');
    if (result !== 'failed') throw new Error(result);
    const shown = await command.json<RequestLife | RequestLife[]>('show', requestId, ...AT);
    const lines = await command.json<PrintedLine[]>('logs', requestId, ...AT);
    if ([shown].flat()[0]?.state !== 'failed') throw new Error(JSON.stringify(shown));
    return `${reason}; ${lines.length} lines of ${[...new Set(lines.map((line) => line.source))].join(', ')}`;
  });
  await steps.check('direct: a source that demands a password fails, is mended, and is replayed', async () => {
    const password = join(repository, 'hourglass-password');
    await addCommit(repository, { branch: 'main', message: 'three', files: { 'c.txt': 'three' } });
    writeFileSync(password, 'secret');
    const { requestId, result, reason } = await ask('app');
    if (result !== 'failed') throw new Error(result);
    rmSync(password);
    const { requestIds } = await command.json<{ requestIds: string[] }>('replay', 'app', ...AT);
    const [again] = requestIds;
    const replayed = await waitFor(`the end of ${again}`, ENDS_WITHIN_S, () => entryOf(String(again)));
    if (replayed.result !== 'succeeded') throw new Error(String(replayed.reason));
    const [life] = [await command.json<RequestLife | RequestLife[]>('show', requestId, ...AT)].flat();
    if (life?.replayedAs !== again) throw new Error(JSON.stringify(life));
    return `${reason}; replayed as ${again}: ${await isMirrored()}`;
  });
  await steps.check('direct: a schedule alone finds the commit of a source that calls nobody', async () => {
    await waitFor('the mirror', ENDS_WITHIN_S, async () =>
      (await refs(site.looked)) === (await refs(site.lookedMirror)) ? true : undefined,
    );
    const entry = await waitFor('its history', ENDS_WITHIN_S, async () =>
      (await command.json<HistoryEntry[]>('history', 'looked', ...AT)).at(-1),
    );
    if (entry.door !== 'schedule' || entry.result !== 'succeeded') throw new Error(JSON.stringify(entry));
    return `${await isMirrored(site.looked, site.lookedMirror)}, by the door ${entry.door}`;
  });
  await steps.check('direct: no endpoint was paid for, and no task ran', async () => {
    const { phase, fence, cost, deadLetters } = await command.json<Status>('status', ...AT);
    if (phase !== 'closed' || fence !== 0 || cost.openings !== 0) throw new Error(`${phase}, ${fence} openings`);
    return `closed, never opened; ${deadLetters} dead letter`;
  });
  await steps.check('direct: the deployment is deleted, and the bucket kept', async () => {
    await deleteStack(clients, STACK);
    await clients.s3.send(new ListObjectsV2Command({ Bucket }));
    return `gone, but for ${Bucket}`;
  });
}

const AT = ['--deployment', DEPLOYMENT];

async function bucketOf({ cloudFormation }: Clients): Promise<string> {
  const { DescribeStackResourcesCommand } = await import('@aws-sdk/client-cloudformation');
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName: STACK }));
  return StackResources.find(({ ResourceType }) => ResourceType === 'AWS::S3::Bucket')?.PhysicalResourceId ?? '';
}
