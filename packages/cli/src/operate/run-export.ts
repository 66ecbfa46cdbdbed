/** `hourglass export`: the history page by page, so that its size does not matter. */
import type { HistoryEntry } from '@hourglass/operations/model';
import { readHistory } from '@hourglass/operations/parts/history/read-history';
import { withDeployment } from './connect.ts';
import { type DeploymentOptions, type Since, sinceMs } from './options.ts';

interface ExportOptions extends DeploymentOptions {
  readonly since?: Since;
  readonly format: 'csv' | 'ndjson';
}

export const PAGE = 500;

export const COLUMNS = [
  'requestId',
  'task',
  'result',
  'acceptedAt',
  'startedAt',
  'finishedAt',
  'durationSeconds',
  'attempts',
  'reason',
  'door',
  'delivery',
  'joins',
  'fence',
  'taskArn',
  'logStream',
  'carrier',
] as const satisfies (keyof HistoryEntry)[];
const CARRIED = ['via', 'bytes', 'refs', 'created', 'updated', 'forced', 'deleted', 'rejected'] as const;

export async function runExport(options: ExportOptions): Promise<void> {
  const isCsv = options.format === 'csv' && !options.json;
  await withDeployment(options, async (deployment) => {
    const since = sinceMs(options.since, deployment.nowMs());
    if (isCsv) await write(csvLine([...COLUMNS, ...CARRIED]));
    let beforeMs: number | undefined;
    for (;;) {
      const page = await readHistory(deployment, { sinceMs: since, beforeMs, limit: PAGE });
      const { entries, nextMs } = withoutTail(page);
      for (const entry of entries) await write(isCsv ? csvLine(valuesOf(entry)) : `${JSON.stringify(entry)}\n`);
      if (nextMs === undefined) return;
      beforeMs = nextMs;
    }
  });
}

/** A page may end amid entries of one millisecond; those are read again with the next, unless the whole page is one. */
export function withoutTail(page: HistoryEntry[]): { entries: HistoryEntry[]; nextMs: number | undefined } {
  const last = page.at(-1)?.finishedAt;
  if (page.length < PAGE || last === undefined) return { entries: page, nextMs: undefined };
  const entries = page.filter(({ finishedAt }) => finishedAt !== last);
  if (entries.length === 0) return { entries: page, nextMs: Date.parse(last) };
  return { entries, nextMs: Date.parse(last) + 1 };
}

export function valuesOf(entry: HistoryEntry): unknown[] {
  return [...COLUMNS.map((name) => entry[name]), ...CARRIED.map((name) => entry.carried?.[name])];
}

/** RFC 4180; and a value that a spreadsheet would run as a formula is given a quote before it. */
export function csvLine(values: readonly unknown[]): string {
  const cells = values.map((value) => {
    const text = value === null || value === undefined ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(',')}\r\n`;
}

function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
