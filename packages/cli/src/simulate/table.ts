/** The rows for people: one block for each trace and billing clock. */
import { count, type DirectRow, type SimulationRow } from '@hourglass/cost';
import { alignColumns } from '../align-columns.ts';
import { describePolicies } from './policies.ts';

const HEADINGS = ['policy', 'USD/month', 'paid hours', 'leases', 'to optimum', 'wait p50', 'p95', 'max', 'cut tasks'];

type Row = SimulationRow | DirectRow;

export function formatTable(rows: readonly Row[]): string {
  const blocks = Map.groupBy(rows, ({ trace, billing }) => `${trace}\n${billing}`);
  const policies = [...new Set(rows.map(({ policy }) => policy))];
  return [...[...blocks.values()].map(formatBlock), `${describePolicies(policies)}\n`].join('\n');
}

function formatBlock(rows: Row[]): string {
  const [first] = rows;
  if (!first) return '';
  const delay =
    first.maxDelaySeconds === 0 ? 'no delay allowed' : `delay up to ${formatSeconds(first.maxDelaySeconds)}`;
  const title = `${first.trace}: ${count(first.requests, 'request')}, ${first.billing} bill, ${delay}`;
  const cells = [HEADINGS, ...rows.map(cellsOf)];
  return `${[title, ...alignColumns(cells, 1).map((line) => `  ${line}`)].join('\n')}\n`;
}

function cellsOf(row: Row): string[] {
  const { p50, p95, max } = row.waitSeconds;
  return [
    row.policy,
    row.usdPerMonth > 0 && row.usdPerMonth < 0.005 ? row.usdPerMonth.toFixed(4) : row.usdPerMonth.toFixed(2),
    String(row.paidHours),
    String(row.leases),
    row.policy === 'direct' ? '-' : row.ratioToOptimum.toFixed(3),
    formatSeconds(p50),
    formatSeconds(p95),
    formatSeconds(max),
    String(row.deletedUnderTask),
  ];
}

function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 120) return `${whole}s`;
  const minutes = Math.round(whole / 60);
  return minutes < 120 ? `${minutes}m` : `${(minutes / 60).toFixed(1)}h`;
}
