/** `hourglass simulate` as its user meets it: its options, its answers, and what it says of bad input. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { policyNames } from '@hourglass/cost';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCommit, createEmptyRepository } from '../git/index.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-simulate-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

function run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'simulate', ...words], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

const TWO_DAYS = '2025-01-01T10:10:00Z\n2025-01-01T10:40:00Z\n2025-01-02T09:57:00Z\n';

describe('hourglass simulate', () => {
  it('answers in JSON, a row for each policy and clock', async () => {
    const trace = await file('trace.txt', TWO_DAYS);
    const { code, stdout, stderr } = await run('--trace', trace, '--max-delay', '0', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { rows } = JSON.parse(stdout);
    expect(rows).toHaveLength(2 * policyNames.length);
    expect(rows.find((row: { policy: string }) => row.policy === 'hourglass')).toEqual({
      trace,
      policy: 'hourglass',
      billing: 'anchored',
      maxDelaySeconds: 0,
      requests: 3,
      leases: 2,
      paidHours: 2,
      paidEndpointHours: 8,
      usdPerMonth: 1.7033,
      ratioToOptimum: 1,
      waitSeconds: { p50: 150, p95: 150, max: 150 },
      deletedUnderTask: 0,
    });
  });

  it('adds the direct carrier, with what a mirror and a look cost', async () => {
    const trace = await file('trace.txt', TWO_DAYS);
    const { code, stdout } = await run('--trace', trace, '--carrier', 'direct', '--policy', 'hourglass', '--json');
    expect(code).toBe(0);
    const { rows, direct } = JSON.parse(stdout);
    expect(rows.map((row: { policy: string }) => row.policy)).toEqual(['direct', 'direct', 'hourglass', 'hourglass']);
    expect(rows[0]).toMatchObject({ requests: 3, paidEndpointHours: 0, leases: 0, billing: 'anchored' });
    expect(rows[0].usdPerMonth).toBeLessThan(rows[2].usdPerMonth / 100);
    expect(direct.usdPerMirror).toBeLessThanOrEqual(0.0001);
    expect(direct.usdPerMonthOfLooks).toBeLessThan(0.1);
    expect(direct.prices.asOf).toBe('2026-09-23');
    const table = (await run('--trace', trace, '--carrier', 'direct')).stdout;
    expect(table).toMatch(/direct +0\.00\d\d +0 +0 +- /);
    expect(table).toContain('The other rows are endpoints alone');
    const elsewhere = await run('--trace', trace, '--carrier', 'direct', '--region', 'sa-east-1');
    expect(elsewhere).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no prices of functions for sa-east-1'),
    });
  });

  it('takes the delay, the price and one policy, and gives a table to people', async () => {
    const trace = await file('trace.txt', TWO_DAYS);
    const words = ['--max-delay', '10m', '--price', '0.01', '--policy', 'hourglass', '--billing', 'clock'];
    const { code, stdout } = await run('--trace', trace, ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 requests, clock bill, delay up to 10m/);
    expect(stdout).toMatch(/hourglass +1\.22 +2 +2 +1\.000/);
  });

  it('counts a single request as one', async () => {
    const { stdout } = await run('--trace', await file('trace.txt', TWO_DAYS.split('\n')[0] ?? ''));
    expect(stdout).toMatch(/: 1 request, anchored bill/);
  });

  it('reads the times of a git history', async () => {
    const repository = await createEmptyRepository(folder, 'repository.git');
    for (const hour of [10, 35]) {
      const commit = { branch: 'main', files: { hour: String(hour) }, atSeconds: hour * 3_600 };
      await addCommit(repository, { ...commit, message: `at ${hour}` });
    }
    const { code, stdout } = await run('--trace', `git:${repository}`, '--json', '--policy', 'optimum');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).rows[0]).toMatchObject({
      trace: `git:${repository}`,
      maxDelaySeconds: 600,
      requests: 2,
      paidHours: 2,
    });
  });

  it('writes the report', async () => {
    const [trace, page] = [await file('trace.txt', TWO_DAYS), join(folder, 'report.html')];
    const { code, stderr } = await run('--trace', trace, '--html', page);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await readFile(page, 'utf8')).toMatch(/<!doctype html>/);
  });

  it('sorts a trace that is not in order, and says so', async () => {
    const trace = await file('unsorted.txt', '2025-01-02T00:00:00Z\n2025-01-01T00:00:00Z\n');
    const { code, stderr } = await run('--trace', trace);
    expect(code).toBe(0);
    expect(stderr).toMatch(/unsorted\.txt: line 2 is earlier .* sorted/);
  });

  it.each([
    ['2025-01-01T10:10:00Z\nsoon\n', [], /trace\.txt: line 2: "soon" is no ISO-8601 time/],
    ['', [], /trace\.txt: the trace is empty/],
    [TWO_DAYS, ['--region', 'mars-north-1'], /mars-north-1: no such Region/],
    [TWO_DAYS, ['--region', 'me-south-1'], /no price for it; give it with --price/],
    [TWO_DAYS, ['--max-delay', '-5m'], /--max-delay -5m/],
    [TWO_DAYS, ['--endpoints', '0'], /--endpoints 0/],
    [TWO_DAYS, ['--price', 'free'], /--price free/],
    [TWO_DAYS, ['--policy', 'best'], /best/],
  ])('refuses what is wrong with exit status 2: %j %j', async (text, words, message) => {
    const { code, stdout, stderr } = await run('--trace', await file('trace.txt', text), ...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('refuses a negative duration with its line', async () => {
    const [trace, durations] = [await file('trace.txt', TWO_DAYS), await file('durations.txt', '10\n-5\n10\n')];
    const { code, stderr } = await run('--trace', trace, '--durations', durations);
    expect(code).toBe(2);
    expect(stderr).toMatch(/durations\.txt: line 2: a duration is not negative: "-5"/);
  });
});
