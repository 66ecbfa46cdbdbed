/** `hourglass bill`: the bill's endpoint-hours beside the ledger, and which reading of the hour they follow. */
import { readFile, writeFile } from 'node:fs/promises';
import { endpointPrices } from '@hourglass/cost/prices';
import { type Deployment, OperationFailed } from '@hourglass/operations';
import {
  costOfLearning,
  costOfSettings,
  focusCsv,
  judgeBill,
  type Ledger,
  readAccount,
  readCostExplorer,
  readLedger,
  readLedgerText,
  readUsageFile,
  shareByTask,
  shareOpenings,
  UsageHours,
} from '@hourglass/operations/bill';
import { CommandFailed } from '../errors.ts';
import { withDeployment } from '../operate/connect.ts';
import type { DeploymentOptions } from '../operate/options.ts';
import type { BillReport } from './bill-report.ts';
import { describeBill } from './describe-bill.ts';

export interface BillOptions extends DeploymentOptions {
  readonly month?: string;
  readonly file?: string[];
  readonly ledger?: string;
  readonly account?: string;
  readonly export?: string;
}

const DAY_MS = 86_400_000;
/** AWS goes on writing a day's lines for so long. */
const SETTLED_MS = 2 * DAY_MS;

/** @throws CommandFailed with what is wrong, and where */
export async function runBill(options: BillOptions): Promise<void> {
  try {
    const given = options.ledger === undefined ? undefined : await readGiven(options.ledger);
    if (given !== undefined && options.file !== undefined) await judgeGiven(options, given, options.file);
    else await withDeployment(options, (deployment) => judgeDeployment(options, deployment, given));
  } catch (error) {
    if (error instanceof OperationFailed) throw new CommandFailed(error.message);
    throw error;
  }
}

/** Offline. */
async function judgeGiven(options: BillOptions, ledger: Ledger, files: readonly string[]): Promise<void> {
  const month = options.month ?? monthOf(ledger.entries.at(-1)?.deletedAt ?? new Date().toISOString());
  const account = options.account ?? ledger.account ?? undefined;
  const { fromMs, toMs } = boundsOf(month, Date.now());
  const usage = usageFor(ledger, account, fromMs, toMs);
  for (const path of files) await readUsageFile(path, usage);
  await print(options, { ledger, usage, account, month, sinceMs: fromMs, nowMs: Date.now() });
}

async function judgeDeployment(options: BillOptions, deployment: Deployment, given: Ledger | undefined): Promise<void> {
  const { clients } = deployment;
  const nowMs = deployment.nowMs();
  const month = options.month ?? monthOf(new Date(nowMs).toISOString());
  const { fromMs, toMs } = boundsOf(month, nowMs);
  const account = options.account ?? given?.account ?? (await readAccount(clients)) ?? undefined;
  const ledger = given ?? (await readLedger(deployment, { fromMs, toMs, account: account ?? null }));
  const usage = usageFor(ledger, account, fromMs, toMs);
  let sinceMs = fromMs;
  if (options.file !== undefined) for (const path of options.file) await readUsageFile(path, usage);
  // Without an opening there is nothing that a page for 0.01 USD could show.
  else if (ledger.entries.length > 0)
    sinceMs = await readCostExplorer(await clients.costExplorer(), usage, { fromMs, toMs, nowMs });
  await print(options, { ledger, usage, account, month, sinceMs, nowMs });
}

/** An opening at the month's edge has hours on both sides of it. */
function usageFor({ region }: Ledger, account: string | undefined, fromMs: number, toMs: number): UsageHours {
  return new UsageHours({ region, account, fromMs: fromMs - DAY_MS, toMs: toMs + DAY_MS });
}

interface Found {
  readonly ledger: Ledger;
  readonly usage: UsageHours;
  readonly account: string | undefined;
  readonly month: string;
  /** The bill has no hours before. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

async function print(options: BillOptions, { ledger, usage, account, month, sinceMs, nowMs }: Found): Promise<void> {
  const { fromMs, toMs } = boundsOf(month, nowMs);
  if (account === undefined && usage.accounts.size > 1) {
    throw new CommandFailed(
      `the bill has endpoints of several accounts, so say which is meant with --account: ${[...usage.accounts].sort().join(', ')}`,
    );
  }
  const entries = ledger.entries.filter(({ createdAt, deletedAt }) => {
    const [bornMs, goneMs] = [Date.parse(createdAt ?? deletedAt), Date.parse(deletedAt)];
    return bornMs >= sinceMs && bornMs < toMs && goneMs < nowMs - SETTLED_MS;
  });
  const verdict = judgeBill(entries, usage);
  const reading = verdict.reading ?? 'clock';
  const billedPrice = Math.round((usage.usd / usage.hours) * 1e6) / 1e6;
  const usdPerHour = billedPrice > 0 ? billedPrice : (endpointPrices[ledger.region]?.usdPerHour ?? null);
  const shares = shareOpenings(entries, reading, usdPerHour);
  const report: BillReport = {
    deployment: ledger.deployment,
    month,
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    ...verdict,
    usdPerEndpointHour: usdPerHour,
    setting: {
      now: ledger.billing,
      changeTo: verdict.reading === null || verdict.reading === ledger.billing ? null : verdict.reading,
    },
    settings: verdict.reading === null ? [] : costOfSettings({ ...ledger, entries }, verdict.reading, usdPerHour),
    shares: shareByTask(shares),
    learning: costOfLearning({ ...ledger, entries }, usdPerHour),
    lines: {
      read: usage.lines,
      otherAccount: usage.otherAccount,
      otherRegion: usage.otherRegion,
      otherTime: usage.otherTime,
      repeated: usage.repeated,
      coarse: usage.coarse,
      malformed: usage.malformed,
    },
    cutOff: usage.cutOff,
    accounts: [...usage.accounts].sort(),
    ledger: { ...ledger, entries },
  };
  if (options.export !== undefined) {
    await writeFile(options.export, focusCsv({ ledger, shares, from: report.from, to: report.to, usdPerHour })).catch(
      (error: unknown) => {
        throw new CommandFailed(
          `--export ${options.export}: cannot be written (${(error as NodeJS.ErrnoException).code})`,
        );
      },
    );
  }
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : describeBill(report));
}

async function readGiven(path: string): Promise<Ledger> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailed(
      `--ledger ${path}: ${code === 'EISDIR' ? 'it is a folder' : `it cannot be read (${code})`}`,
    );
  });
  return readLedgerText(text, path);
}

function monthOf(time: string): string {
  return time.slice(0, '2026-10'.length);
}

/** @throws CommandFailed for a month that has not begun */
function boundsOf(month: string, nowMs: number): { fromMs: number; toMs: number } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  if (Date.UTC(year, number - 1) > nowMs) {
    throw new CommandFailed(
      `--month ${month}: it has not begun; it is ${new Date(nowMs).toISOString().slice(0, '2026-10-01'.length)} in UTC`,
    );
  }
  return { fromMs: Date.UTC(year, number - 1), toMs: Date.UTC(year, number) };
}
