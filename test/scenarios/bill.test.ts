/** `hourglass bill` and what was learned, against a deployment: its own table for the ledger, and Cost Explorer for the bill. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Credentials } from '@hourglass/cloud';
import { MINUTE_MS } from '@hourglass/lease';
import {
  createOperatorClients,
  type Deployment as Described,
  openDeployment,
  readLearning,
} from '@hourglass/operations';
import { readCostExplorer, readLedger, UsageHours } from '@hourglass/operations/bill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, deploy } from './deployment.ts';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const DAYS = 6;
let world: Deployment;
let operator: Credentials;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-bill-of-'));
  world = await deploy();
  operator = world.cloud.createUser('operator', [world.outputs.OperatorReadPolicyArn ?? '']);
  await world.cloud.listen();
  // A little before the full hour, and long: three clock hours are touched in two hours of life.
  world.behave.durationMs = 65 * MINUTE_MS;
  for (let day = 0; day < DAYS; day += 1) {
    await world.pass(50);
    await world.requestMirror('app', { maxDelaySeconds: 0 });
    await world.requestMirror('web', { maxDelaySeconds: 0 });
    await world.pass(24 * 60 - 50);
  }
  world.behave.exitCode = 1;
  await world.requestMirror('docs', { maxDelaySeconds: 0 });
  await world.pass(3 * 24 * 60);
});
afterAll(async () => {
  await world?.close();
  await rm(folder, { recursive: true, force: true });
});

async function run(words: string[], keys = operator): Promise<{ code: number; stdout: string; stderr: string }> {
  const { url } = await world.cloud.listen();
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS_|HOURGLASS_)/.test(name))),
    XDG_CACHE_HOME: folder,
    AWS_ENDPOINT_URL: url,
    AWS_REGION: world.cloud.region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    ...(keys.sessionToken && { AWS_SESSION_TOKEN: keys.sessionToken }),
  };
  return await new Promise((resolve) => {
    execFile(process.execPath, [main, 'bill', ...words], { env, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const described = async (): Promise<Described> =>
  await openDeployment({
    name: 'test',
    clients: createOperatorClients({
      region: world.cloud.region,
      credentials: operator,
      requestHandler: world.cloud.requestHandler() as never,
    }),
  });

describe('the ledger of a deployment', () => {
  it('has each opening as it was in AWS, with its runs, those of what died too', async () => {
    const nowMs = world.cloud.clock.nowMs();
    const ledger = await readLedger(await described(), { fromMs: 0, toMs: nowMs, account: null });
    const ended = await world.ended();
    expect(ledger.entries.map(({ fence }) => fence)).toEqual(ended.map(({ fence }) => fence).sort((a, b) => a - b));
    for (const entry of ledger.entries) {
      const lives = world.cloud.parts.ec2
        .lifetimes()
        .filter(({ tags, type }) => type === 'Interface' && tags['hourglass:fence'] === String(entry.fence));
      expect(lives.reduce((sum, { zones }) => sum + zones, 0)).toBe(entry.endpoints * entry.zones);
      for (const { createdAtMs, deletedAtMs = 0 } of lives) {
        expect(createdAtMs).toBeGreaterThanOrEqual(Date.parse(entry.createdAt ?? ''));
        expect(deletedAtMs).toBeLessThanOrEqual(Date.parse(entry.deletedAt));
      }
    }
    const tokens = world.runs.filter(({ endMs }) => Number.isFinite(endMs)).length;
    const runs = ledger.entries.flatMap((entry) => entry.runs);
    expect(runs).toHaveLength(tokens);
    expect(new Set(runs.map(({ task }) => task))).toEqual(new Set(['mirror:app', 'mirror:web', 'mirror:docs']));
    expect(ledger.entries.reduce((sum, { fargateSeconds }) => sum + fargateSeconds, 0)).toBeGreaterThan(
      DAYS * 2 * 65 * 60,
    );
    expect(ledger.times?.create).toBeGreaterThan(30);
    expect(ledger.times?.delete).toBeGreaterThan(10);
  });

  it('read with a limit has whole openings only, the newest', async () => {
    const nowMs = world.cloud.clock.nowMs();
    const query = { fromMs: 0, toMs: nowMs, account: null };
    const all = await readLedger(await described(), query);
    const some = await readLedger(await described(), { ...query, maxRuns: 1 });
    expect(all.entries.slice(-some.entries.length)).toEqual(some.entries);
  });
});

describe('hourglass bill, with the policy for reading alone', () => {
  it('reads from Cost Explorer which hours are counted, in JSON, words and FOCUS columns', async () => {
    for (const reading of ['clock', 'anchored'] as const) {
      world.cloud.parts.costExplorer.reading = reading;
      const path = join(folder, `${reading}.csv`);
      const { code, stdout, stderr } = await run(['--json', '--export', path]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const report = JSON.parse(stdout);
      expect(report).toMatchObject({
        deployment: 'test',
        month: '2026-01',
        reading,
        setting: { now: 'anchored', changeTo: reading === 'anchored' ? null : reading },
        usdPerEndpointHour: 0.014,
        evidence: { neither: 0, absent: 0 },
        lines: { otherAccount: 0, otherRegion: 0, malformed: 0, coarse: 0 },
        foreignHours: 0,
      });
      expect(report.evidence.decisive).toBeGreaterThanOrEqual(DAYS);
      expect(report.hours.billed).toBe(report.hours[reading]);
      expect(report.shares.map(({ task }: { task: string }) => task)).toContain('mirror:web');
      const rows = (await readFile(path, 'utf8')).trim().split('\n');
      expect(rows[0]).toContain('BilledCost');
      const billed = rows.slice(1).reduce((sum, row) => sum + Number(row.split(',')[0]), 0);
      expect(billed).toBeCloseTo(report.hours[reading] * 0.014, 6);
    }
    const { stdout } = await run(['--month', '2026-01']);
    expect(stdout).toContain('test, 2026-01: the bill is anchored');
    expect(stdout).toMatch(/What learning from measured deletions and tasks has saved, \d+ requests/);
  });

  it('says in a sentence that a month has not begun, and that Cost Explorer may not be asked', async () => {
    const none = world.cloud.createUser('no-costs', [
      world.outputs.OperatorReadPolicyArn ?? '',
      { Statement: { Effect: 'Deny', Action: 'ce:*', Resource: '*' } },
    ]);
    const [early, denied] = await Promise.all([run(['--month', '2027-03']), run([], none)]);
    expect(early).toMatchObject({ code: 1, stdout: '' });
    expect(early.stderr).toMatch(/^hourglass: --month 2027-03: it has not begun; it is 2026-01-\d\d in UTC\n$/);
    expect(denied).toMatchObject({ code: 1, stdout: '' });
    expect(denied.stderr).toMatch(/^hourglass: Cost Explorer may not be asked .*ce:GetCostAndUsage.*\n$/);
  });

  it('says what to do where Cost Explorer is off, has no hours, or knows no hour of that month', async () => {
    const explorer = world.cloud.parts.costExplorer;
    const { clients } = await described();
    const nowMs = world.cloud.clock.nowMs();
    const ask = async (month: number) =>
      await readCostExplorer(
        await clients.costExplorer(),
        new UsageHours({ region: world.cloud.region, account: undefined, fromMs: 0, toMs: nowMs }),
        { fromMs: Date.UTC(2026, month - 1), toMs: Date.UTC(2026, month), nowMs },
      );
    await expect(ask(0)).rejects.toThrow(/last 14 days only: .*--file/);
    explorer.hourly = false;
    await expect(ask(1)).rejects.toThrow(/switch on hourly granularity/);
    explorer.enabled = false;
    await expect(ask(1)).rejects.toThrow(/never switched Cost Explorer on/);
    Object.assign(explorer, { hourly: true, enabled: true });
    expect(await ask(1)).toBe(Date.UTC(2026, 0, 1));
  });
});

describe('what was learned', () => {
  it('is what the lease goes by, and its cost is that of the same requests played twice', async () => {
    const learning = await readLearning(await described(), { sinceMs: 0 });
    const { deletion } = await world.lease();
    expect(learning.learned.deletion?.usual).toBe(Math.round((deletion?.usualMs ?? 0) / 1_000));
    expect(learning.learned.teardownLead.configured).toBe(420);
    expect(learning.learned.teardownLead.now).toBeLessThan(420);
    expect(learning.creation?.count).toBeGreaterThanOrEqual(DAYS);
    expect(learning.creation?.median).toBeGreaterThan(30);
    expect(learning.cost?.requests).toBeGreaterThanOrEqual(2 * DAYS);
    expect(learning.cost?.endpointHours.learning.anchored).toBeGreaterThan(0);
  });
});
