/**
 * `pnpm bench:operations`: how long `hourglass status` and `hourglass history --failed` take, and how much memory, with 10,000 entries in the history and
 * 2,000 dead letters, against DynamoDB Local and the simulated SQS over HTTP. Each run is a process of its own; the least of three counts. Exit 1 over a bound.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { createCloud } from '@hourglass/cloud';
import { createCommand } from '../../command.ts';
import { describedDeployment, resources } from './deployment.ts';

createCommand('bench:operations', 'Measure status and history against a long history and many dead letters.')
  .addHelpText('after', '\nExit status: 0 within every bound, 1 over one, 2 bad usage.')
  .parse();

const ENTRIES = 10_000;
const LETTERS = 2_000;
const RUNS = 3;
const BOUNDS = { status: 1_500, 'history --failed': 1_000 } as const;
const MAX_RSS_MIB = 150;
const command = fileURLToPath(new URL('../../../packages/cli/bin/hourglass.mjs', import.meta.url));

const cloud = createCloud({ dynamo: 'local', startMs: Date.now() });
try {
  await cloud.deployTemplate({ Resources: resources }, 'hourglass-main');
  const { url } = await cloud.listen();
  const driving = cloud.driver.drive({ speed: 1 });
  const keys = cloud.credentialsFor('root');
  await fill({ region: cloud.region, credentials: keys, endpoint: url });
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  };
  const help = await best(['--help'], env);
  const bare = await best(['-e', '0'], env, []);
  process.stdout.write(
    `hourglass --help: ${help.ms} ms, ${(help.ms / bare.ms).toFixed(1)} times node -e 0 (${bare.ms} ms)\n`,
  );
  for (const [words, most] of Object.entries(BOUNDS)) {
    const { ms, rssMiB } = await best([...words.split(' '), '--json', '--deployment', 'main'], env);
    const isGood = ms <= most && rssMiB <= MAX_RSS_MIB;
    if (!isGood) process.exitCode = 1;
    process.stdout.write(
      `${words}: ${ms} ms (bound ${most}), ${rssMiB} MiB (bound ${MAX_RSS_MIB})${isGood ? '' : ' – over'}\n`,
    );
  }
  await driving.stop();
} finally {
  await cloud.close();
}

async function fill(settings: {
  region: string;
  credentials: ReturnType<typeof cloud.credentialsFor>;
  endpoint: string;
}): Promise<void> {
  const dynamoDb = new DynamoDBClient(settings);
  const nowMs = Date.now();
  const items = Array.from({ length: ENTRIES }, (_, n) => entry(n, nowMs - n * 60_000));
  for (let start = 0; start < items.length; start += 25) {
    const RequestItems = {
      [describedDeployment.table]: items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } })),
    };
    await dynamoDb.send(new BatchWriteItemCommand({ RequestItems }));
  }
  const sqs = new SQSClient(settings);
  for (let start = 0; start < LETTERS; start += 10) {
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: String(n), MessageBody: `{"n":${start + n}}` }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: describedDeployment.queueUrls.failedMirrors, Entries }));
  }
}

/** One in five has failed, as the services would have written it. */
function entry(n: number, atMs: number) {
  const [requestId, repository] = [`push-${n}`, `app-${n % 50}`];
  const at = `${new Date(atMs).toISOString()}#${requestId}`;
  const isDead = n % 5 === 0;
  const token = `main-${n}`;
  const one = {
    token,
    fence: 1,
    claimedAtMs: atMs - 60_000,
    startedAtMs: atMs - 50_000,
    finishedAtMs: atMs,
    taskArn: `arn:aws:ecs:task/${n}`,
  };
  const data = {
    request: {
      requestId,
      task: {
        kind: 'mirror',
        repository,
        sourceUrl: `https://git.test/${repository}.git`,
        destination: `codecommit::x://${repository}`,
      },
      acceptedAtMs: atMs - 600_000,
      startByMs: atMs,
      origin: { door: 'hook', delivery: requestId },
    },
    status: isDead ? 'dead' : 'succeeded',
    message: isDead ? 'the source refuses the password' : '',
    token,
    fence: 1,
    attempts: isDead ? 3 : 1,
    finishedAtMs: atMs,
    tries: [{ ...one, message: isDead ? 'the source refuses the password' : null }],
  };
  return marshall({
    pk: `history#main#mirror:${repository}`,
    sk: at,
    timeline: `main#${isDead ? 'failed' : 'ended'}`,
    at,
    data,
  });
}

async function best(
  words: string[],
  env: NodeJS.ProcessEnv,
  before = [command],
): Promise<{ ms: number; rssMiB: number }> {
  const runs: { ms: number; rssMiB: number }[] = [];
  for (let run = 0; run < RUNS; run += 1) runs.push(await once([...before, ...words], env));
  return { ms: Math.min(...runs.map(({ ms }) => ms)), rssMiB: Math.max(...runs.map(({ rssMiB }) => rssMiB)) };
}

function once(words: string[], env: NodeJS.ProcessEnv): Promise<{ ms: number; rssMiB: number }> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now();
    const child = spawn(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let [rssMiB, errors] = [0, ''];
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    // The highest that Linux has seen; elsewhere it is not known.
    const looking = setInterval(() => {
      try {
        const [, kib = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
        rssMiB = Math.max(rssMiB, Math.round(Number(kib) / 1024));
      } catch {
        // It has ended.
      }
    }, 10);
    child.on('close', (code) => {
      clearInterval(looking);
      if (code === 0) resolve({ ms: Math.round(performance.now() - beganMs), rssMiB });
      else reject(new Error(`${words.join(' ')} ends with ${code}: ${errors}`));
    });
  });
}
