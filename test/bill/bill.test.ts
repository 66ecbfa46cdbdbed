/** `hourglass bill`: which reading a bill follows, read from each kind of file, and what it says of files that are wrong. */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOUR_MS } from '@hourglass/lease';
import { judgeBill, readUsageFile, UsageHours } from '@hourglass/operations/bill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, billOf, endpointLine, KINDS, palletsLedger, writeBill } from './bills.ts';

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
const ledger = palletsLedger();
const HEADER = 'lineItem/UsageStartDate,lineItem/UsageType,lineItem/UsageAmount';
const FROM = Date.UTC(2025, 4, 31);
const filter = { region: 'ap-northeast-1', account: ACCOUNT, fromMs: FROM, toMs: Date.UTC(2025, 6, 2) };
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-bill-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function judge(path: string, entries = ledger.entries) {
  const usage = new UsageHours(filter);
  await readUsageFile(path, usage);
  return { ...judgeBill(entries, usage), usage };
}

function run(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, 'bill', ...words], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe.each(KINDS)('a month of real pushes in %s', (kind) => {
  it.each(['anchored', 'clock'] as const)('is found to be %s', async (reading) => {
    const path = join(folder, `${reading}-${kind}`);
    await writeBill(path, kind, billOf(ledger, reading));
    const verdict = await judge(path);
    expect(verdict).toMatchObject({ reading, reason: null, foreignHours: 0 });
    expect(verdict.evidence[reading]).toBe(verdict.evidence.decisive);
    expect(verdict.evidence.decisive).toBeGreaterThanOrEqual(8);
    expect(verdict.otherLikelihood).toBeLessThan(1e-6);
    expect(verdict.hours.billed).toBe(billOf(ledger, reading).length);
  });
});

describe('the evidence', () => {
  const usageOf = (lines: ReturnType<typeof billOf>) => {
    const usage = new UsageHours(filter);
    for (const { startMs, resource, ...rest } of lines) {
      usage.add({ ...rest, startMs, endMs: startMs + HOUR_MS, usd: 0, ...(resource && { resource }) });
    }
    return usage;
  };

  it('is not enough of one or two openings that could decide, and says how likely the other reading is', () => {
    const decisive = ledger.entries.filter(({ hours }) => hours.clock > hours.anchored).slice(0, 2);
    const verdict = judgeBill(decisive, usageOf(billOf({ ...ledger, entries: decisive }, 'clock')));
    expect(verdict).toMatchObject({
      reading: null,
      reason: expect.stringMatching(/^only \d (opening shows|openings show) how the bill counts/),
    });
    expect(verdict.otherLikelihood).toBeGreaterThan(0.002);
  });

  it('is none of openings that cost the same by both readings, or that the bill does not have', () => {
    const [entry] = ledger.entries;
    if (entry === undefined) throw new Error('there are openings');
    const whole = { ...entry, createdAt: '2025-06-03T10:05:00.000Z', deletedAt: '2025-06-03T10:50:00.000Z' };
    expect(judgeBill([whole], usageOf(billOf({ ...ledger, entries: [whole] }, 'clock')))).toMatchObject({
      reading: null,
      evidence: { decisive: 0 },
      reason: expect.stringMatching(/^by both readings these openings cost the same hours, .* set billing: 'anchored'/),
    });
    // Knowing nothing of the bill, a lease lets no hour begin twice: it costs the same, and shows nothing.
    const careful = palletsLedger('unknown');
    const { evidence } = judgeBill(careful.entries, usageOf(billOf(careful, 'clock')));
    expect(evidence).toMatchObject({ openings: 18, decisive: 0 });
    expect(judgeBill(ledger.entries, usageOf([]))).toMatchObject({
      reading: null,
      reason: expect.stringContaining('none of the hours of these openings'),
    });
  });

  it('is not found where the bill follows now the one and now the other', () => {
    const half = ledger.entries.length >> 1;
    const lines = [
      ...billOf({ ...ledger, entries: ledger.entries.slice(0, half) }, 'clock'),
      ...billOf({ ...ledger, entries: ledger.entries.slice(half) }, 'anchored'),
    ];
    expect(judgeBill(ledger.entries, usageOf(lines)).reading).toBeNull();
  });

  it("is not led astray by other people's endpoints, named or not", () => {
    const hours = Array.from({ length: 32 * 24 }, (_, hour) => FROM + hour * HOUR_MS);
    for (const reading of ['anchored', 'clock'] as const) {
      const always = hours.flatMap((startMs) => [
        endpointLine(startMs, 'vpce-theirs'),
        endpointLine(startMs, 'vpce-more'),
      ]);
      const lines = [...billOf(ledger, reading), ...always];
      expect(judgeBill(ledger.entries, usageOf(lines))).toMatchObject({ reading, foreignHours: always.length });
      const nameless = lines.map((line) => ({ ...line, resource: '' }));
      expect(judgeBill(ledger.entries, usageOf(nameless))).toMatchObject({ reading, foreignHours: always.length });
    }
  });
});

describe('a file', () => {
  it('that is cut off is reported, and never makes less of more', async () => {
    for (const kind of ['cur.csv', 'cur.csv.gz'] as const) {
      const path = join(folder, `cut-${kind}`);
      await writeBill(path, kind, billOf(ledger, 'clock'));
      const { size } = await stat(path);
      await truncate(path, Math.floor(size * 0.6) - 3);
      const verdict = await judge(path);
      expect(verdict.usage.cutOff).toEqual([path]);
      expect(verdict.reading).not.toBe('anchored');
      expect(verdict.evidence.anchored).toBe(0);
    }
    const path = join(folder, 'cut.parquet');
    await writeBill(path, 'cur2.parquet', billOf(ledger, 'clock'));
    await truncate(path, 3000);
    await expect(judge(path)).rejects.toThrow(/cut.parquet is cut off or no whole Parquet file/);
  });

  it('with other columns, of another kind, empty or absent is refused in words', async () => {
    const cases: [string, string, RegExp][] = [
      [
        'other.csv',
        'date,amount\n2025-06-01,1\n',
        /lineItem\/UsageStartDate, .* are missing \(its first columns are date, amount\)/,
      ],
      ['zip.csv', 'PK\x03\x04', /is a ZIP file/],
      ['empty.csv', '', /is empty/],
      ['manifest.json', '{"reportKeys":[]}', /is JSON, such as a report's manifest/],
      ['long.csv', `${HEADER}\n"${'x'.repeat(3 << 20)}`, /a line of more than 1 MB/],
    ];
    for (const [name, text, says] of cases) {
      await writeFile(join(folder, name), text);
      await expect(judge(join(folder, name))).rejects.toThrow(says);
    }
    await expect(judge(folder)).rejects.toThrow(/is a folder: name the files in it/);
    await expect(judge('s3://bucket/a.csv.gz')).rejects.toThrow(
      /is an address.*: aws s3 cp s3:\/\/bucket\/a.csv.gz [.]/,
    );
    await expect(judge('https://example.com/a.csv')).rejects.toThrow(/is an address.*copy it here first$/);
    await expect(judge(join(folder, 'absent'))).rejects.toThrow(/absent cannot be read \(ENOENT\)/);
  });

  it("with another account's lines, taxes, other Regions and daily lines counts none of them", async () => {
    const own = billOf(ledger, 'clock');
    const foreign = own.flatMap((line) => [
      { ...line, account: '999900001111' },
      { ...line, usageType: 'EUC1-VpcEndpoint-Hours' },
      { ...line, usageType: 'VpcEndpoint-Hours' },
      { ...line, usageType: 'APN1-VpcEndpoint-Bytes' },
      { ...line, kind: 'Tax' as const },
    ]);
    const path = join(folder, 'mixed.csv');
    await writeBill(path, 'cur.csv', [...foreign, ...own]);
    const verdict = await judge(path);
    expect(verdict).toMatchObject({ reading: 'clock', hours: { billed: own.length } });
    expect(verdict.usage).toMatchObject({ otherAccount: own.length, otherRegion: 2 * own.length });
    // The same report given twice is no double bill.
    const usage = verdict.usage;
    await readUsageFile(path, usage);
    expect(usage).toMatchObject({ repeated: own.length, hours: own.length });
  });

  it('of hundreds of megabytes streams by in little memory', async () => {
    const path = join(folder, 'big.csv');
    await writeBill(path, 'cur.csv', billOf(ledger, 'anchored'));
    const out = createWriteStream(path, { flags: 'a' });
    const row = `line,${ACCOUNT},Usage,2025-06-01T00:00:00Z,2025-06-01T01:00:00Z,APN1-BoxUsage:t4g.nano,1,"a ""b"", c",arn:aws:ec2,0.1\n`;
    const block = row.repeat(8000);
    const bytes = 150 << 20;
    for (let written = 0; written < bytes; written += block.length) {
      if (!out.write(block)) await new Promise<void>((drained) => out.once('drain', () => drained()));
    }
    await new Promise<void>((closed) => out.end(closed));
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    const verdict = await judge(path);
    expect(verdict.reading).toBe('anchored');
    expect(process.memoryUsage.rss() - before).toBeLessThan(120 << 20);
  });
});

describe('the command', () => {
  it('works offline: verdict, evidence, settings and shares, in JSON, in words and as FOCUS CSV', async () => {
    const [book, cost, shares] = ['ledger.json', 'bill.parquet', 'shares.csv'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(book, JSON.stringify(ledger));
    await writeBill(cost, 'cur2.parquet', billOf(ledger, 'clock'));
    const { code, stdout, stderr } = await run('--ledger', book, '--file', cost, '--export', shares, '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      month: '2025-06',
      reading: 'clock',
      setting: { now: 'anchored', changeTo: 'clock' },
      usdPerEndpointHour: 0.014,
    });
    expect(report.settings.map(({ billing }: { billing: string }) => billing)).toContain('anchored');
    expect(report.settings[0].endpointHours).toBeLessThanOrEqual(report.settings.at(-1).endpointHours);
    const total = report.shares.reduce(
      (sum: number, { endpointHours }: { endpointHours: number }) => sum + endpointHours,
      0,
    );
    expect(total).toBeCloseTo(report.hours.clock, 6);
    expect(report.shares.map(({ task }: { task: string }) => task).sort()).toEqual([
      'mirror:click',
      'mirror:flask',
      'mirror:jinja',
    ]);

    const lines = (await readFile(shares, 'utf8')).trim().split('\n');
    for (const name of [
      'BilledCost',
      'ChargePeriodStart',
      'ConsumedQuantity',
      'ServiceCategory',
      'ResourceId',
      'SubAccountId',
    ]) {
      expect(lines[0]?.split(',')).toContain(name);
    }
    const billed = lines.slice(1).reduce((sum, line) => sum + Number(line.split(',')[0]), 0);
    expect(billed).toBeCloseTo(report.hours.clock * 0.014, 6);

    // The answer is a ledger again.
    await writeFile(book, stdout);
    const printed = (await run('--ledger', book, '--file', cost)).stdout;
    expect(printed).toContain('main, 2025-06: the bill is clock: every UTC hour touched counts as one.');
    expect(printed).toMatch(/show how the bill counts: 0 counted from the creation, \d+ by clock hours, 0 by neither/);
    expect(printed).toContain("Change `billing: 'anchored'` to `billing: 'clock'` in hourglass.config.ts.");
    expect(printed).toMatch(/mirror:flask +\d+ +\d+\.\d +0\.\d{4}/);
  });

  it('says in one sentence what is wrong with what it was given', async () => {
    const [bad, cost] = [join(folder, 'bad.json'), join(folder, 'accounts.csv')];
    await writeFile(bad, '{"version":1}');
    await writeBill(cost, 'cur.csv', [endpointLine(FROM, 'a'), endpointLine(FROM, 'b', { account: '999900001111' })]);
    expect(await run('--ledger', bad, '--file', cost)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/bad.json is no ledger: \w+/),
    });
    expect(await run('--ledger', join(folder, 'absent'), '--file', cost)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be read (ENOENT)'),
    });
    expect(await run('--month', '2025-13')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a month such as 2026-10'),
    });
    const open = join(folder, 'nobody.json');
    await writeFile(open, JSON.stringify({ ...ledger, account: null }));
    const several = await run('--ledger', open, '--file', cost);
    expect(several).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--account: 111122223333, 999900001111'),
    });
  });

  it('says that there is not enough evidence of one opening', async () => {
    const book = join(folder, 'few.json');
    await writeFile(book, JSON.stringify({ ...ledger, entries: ledger.entries.slice(0, 1) }));
    const cost = join(folder, 'few.csv');
    await writeBill(cost, 'cur.csv', billOf({ ...ledger, entries: ledger.entries.slice(0, 1) }, 'clock'));
    const { code, stdout } = await run('--ledger', book, '--file', cost);
    expect(code).toBe(0);
    expect(stdout).toContain('main, 2025-06: not enough evidence: ');
    expect(stdout).toContain('on the bill');
  });
});
