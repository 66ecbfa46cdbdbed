/**
 * `pnpm test:emulator [--start] [--only fargate|direct] [--json]`: the synthesized deployment on an implementation of AWS that is not ours. Exit status 0 if all
 * checks hold, 1 if not, 2 if there is nothing to test against.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { HourglassConfigInput } from '@hourglass/infra';
import { runAcceptance } from './acceptance.ts';
import { createClients } from './clients.ts';
import { runDirect } from './direct.ts';
import { createCommand } from './hourglass-command.ts';
import { createNetwork, type Network } from './network.ts';
import { checkRefusals } from './refusals.ts';
import { renderReport } from './report.ts';
import { type Emulator, startMiniStack } from './start-ministack.ts';
import { type Report, Steps, Unusable } from './steps.ts';
import { synthesize } from './synthesize.ts';

const USAGE = `Usage: pnpm test:emulator [--start] [--only fargate|direct] [--json]

Deploys the synthesized templates into the emulator at AWS_ENDPOINT_URL, and follows requests from the doors to a replayed failure.

  --start   install MiniStack from PyPI into a cache folder (python3 is needed), start it, and end it afterwards
  --only    one carrier's part of it
  --json    print the report as one JSON object on standard output
`;

const deployment = 'emulator';
const sourceHost = 'git.example.com';
const apiKey = 'the key of the emulator run';

/** What no run against an emulator can show, and what shows it instead. */
const NOT_SHOWN = [
  'permissions: the emulator asks no policy before a call (test/iam proves them in the simulated AWS)',
  'the end of a paid hour, 53 minutes after the opening (test/scenarios, in virtual time)',
  'Zones that a service lacks, and endpoints with private DNS: the emulator does not list them (infra/src/preflight)',
  'a task’s own work: no container runs (test/world and test/entrypoint, with real processes)',
  'what the emulator may accept that AWS refuses',
];

async function run(
  emulator: Emulator,
  region: string,
  only: string | undefined,
  say: (line: string) => void,
): Promise<Report> {
  const directory = mkdtempSync(join(tmpdir(), 'hourglass-emulator-'));
  try {
    const steps = new Steps(`${emulator.name} at ${emulator.endpoint}, ${region}`, say);
    for (const line of NOT_SHOWN) steps.leaveOut(line);
    const clients = createClients(emulator.endpoint, region);
    const network = await createNetwork(clients, region);
    const config = configFor(network);
    const assembly = await synthesize(directory, config);
    const wrongConfig = join(directory, 'wrong.config.json');
    writeFileSync(wrongConfig, JSON.stringify({ ...config, vpcId: network.otherVpcId }));
    const stackName = `hourglass-${deployment}`;
    const { endpoint } = emulator;
    if (!only) await checkRefusals({ clients, steps, network, wrongConfig, stackName, assembly, endpoint, region });
    const command = createCommand({ endpoint, region });
    if (!only || only === 'fargate') {
      const target = { stackName, assembly, endpoint, region };
      await runAcceptance({ clients, steps, command, deployment, ...target, apiKey, sourceHost });
    }
    if (!only || only === 'direct') await runDirect({ clients, steps, command, endpoint, region, directory, config });
    return steps.report;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** One attempt a request, so that a failure is final at once; no delay, so that the lease opens at once at any minute of the hour. */
function configFor({ vpcId, subnetId, zone, routeTableId, prefixLists }: Network): HourglassConfigInput {
  return {
    deployment,
    vpcId,
    vpcCidrs: ['10.0.0.0/16'],
    taskSubnets: [subnetId],
    endpointSubnets: [{ subnet: subnetId, zone }],
    routeTables: [routeTableId],
    gatewayEndpoints: { s3: 'create', dynamodb: 'create' },
    prefixLists,
    sources: { hosts: [sourceHost], cidrs: ['192.168.0.0/16'] },
    image: { uri: '111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/hourglass:emulator' },
    apiKeySha256: createHash('sha256').update(apiKey).digest('hex'),
    maxAttempts: 1,
    maxDelaySeconds: 0,
    // So that no end of a clock hour falls into the run.
    billing: 'anchored',
    dashboard: true,
    metrics: true,
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      start: { type: 'boolean' },
      json: { type: 'boolean' },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const region = process.env.AWS_REGION ?? 'ap-northeast-1';
  const given = process.env.AWS_ENDPOINT_URL;
  if (!values.start && !given) throw new Unusable('AWS_ENDPOINT_URL names no emulator; --start starts one.');
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const emulator = values.start
    ? await startMiniStack(region)
    : { name: 'the emulator', endpoint: String(given).replace(/\/$/, ''), stop: async () => {} };
  // In a group of its own, it does not hear of an interruption by itself.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void emulator.stop().finally(() => process.exit(1)));
  }
  try {
    const report = await run(emulator, region, values.only, say);
    const ok = report.checks.length > 0 && report.checks.every((check) => check.ok);
    process.stdout.write(values.json ? `${JSON.stringify({ ok, ...report })}\n` : renderReport(report));
    return ok ? 0 : 1;
  } finally {
    await emulator.stop();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const { code, message } = error as Error & { code?: string };
  if (!(error instanceof Unusable) && !code?.startsWith('ERR_PARSE_ARGS')) throw error;
  process.stderr.write(`${message}\n${error instanceof Unusable ? '' : USAGE}`);
  process.exitCode = 2;
}
