/** The report's figures for one trace, picked and reckoned from the simulation's rows. */
import type { BillingClock } from '@hourglass/lease';
import { HOURS_PER_MONTH } from '../simulate.ts';
import type { PolicyName, SimulationDetail, SimulationRow } from '../simulation.ts';
import { type ReportData, readings } from './report-data.ts';

const HOUR_MS = 3_600_000;
/** Which policy the headline is about: the one that is deployed, or the nearest to it that was simulated. */
const subjects: readonly PolicyName[] = ['hourglass-default', 'hourglass', 'poll-30', 'per-task'];

export interface TraceFigures {
  readonly trace: string;
  /** Rows at the report's own delay. */
  readonly rows: readonly SimulationRow[];
  /** All rows of the trace, whatever their delay. */
  readonly allRows: readonly SimulationRow[];
  readonly details: readonly SimulationDetail[];
  readonly readings: readonly BillingClock[];
  readonly subject: PolicyName;
  readonly requests: number;
  readonly pushes: readonly number[];
  readonly firstMs: number;
  readonly lastMs: number;
  readonly months: number;
  readonly alwaysOnUsd: number;
}

export function figuresByTrace(report: ReportData): TraceFigures[] {
  return [...new Set(report.rows.map((row) => row.trace))].map((trace) => figuresOf(report, trace));
}

function figuresOf(report: ReportData, trace: string): TraceFigures {
  const allRows = report.rows.filter((row) => row.trace === trace);
  const rows = allRows.filter((row) => row.maxDelaySeconds === report.maxDelaySeconds);
  const details = report.details.filter(
    (detail) => detail.trace === trace && detail.maxDelaySeconds === report.maxDelaySeconds,
  );
  const pushes = details[0]?.pushes ?? [];
  const firstMs = pushes[0] ?? report.generatedAtMs;
  const lastMs = pushes.at(-1) ?? firstMs;
  return {
    trace,
    rows,
    allRows,
    details,
    pushes,
    firstMs,
    lastMs,
    readings: readings.filter((reading) => rows.some((row) => row.billing === reading)),
    subject: subjects.find((policy) => rows.some((row) => row.policy === policy)) ?? rows[0]?.policy ?? 'hourglass',
    requests: rows[0]?.requests ?? pushes.length,
    // A single push has no span; it is taken as an hour's, so that nothing is divided by nothing.
    months: Math.max(lastMs - firstMs, HOUR_MS) / (HOURS_PER_MONTH * HOUR_MS),
    alwaysOnUsd:
      rows.find((row) => row.policy === 'always-on')?.usdPerMonth ??
      report.endpoints * report.zones * report.price.usdPerEndpointHour * HOURS_PER_MONTH,
  };
}

/** The row of a policy under a reading, at the report's delay. */
export function rowOf(figures: TraceFigures, policy: PolicyName, reading: BillingClock): SimulationRow | undefined {
  return figures.rows.find((row) => row.policy === policy && row.billing === reading);
}

/** The least and the most that a policy costs a month, over the readings of the bill. */
export function usdRange(figures: TraceFigures, policy: PolicyName): { least: number; most: number } {
  const all = figures.rows.filter((row) => row.policy === policy).map((row) => row.usdPerMonth);
  return { least: Math.min(...all), most: Math.max(...all) };
}

/** Upper edges, in seconds, between which waits are counted; the last holds all that is longer. */
const edges = [60, 180, 300, 600, 900, 1800, 3600, 7200, 14_400];

export interface WaitBin {
  /** `Infinity` in the last. */
  readonly toSeconds: number;
  readonly fromSeconds: number;
  /** Between 0 and 1. */
  readonly share: number;
}

/** Shares of the waits; empty bins at the long end are left out by the caller, who knows the other policies' waits. */
export function binWaits(waits: readonly number[]): WaitBin[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const wait of waits) {
    const found = edges.findIndex((edge) => wait <= edge);
    const bin = found < 0 ? edges.length : found;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, index) => ({
    fromSeconds: edges[index - 1] ?? 0,
    toSeconds: edges[index] ?? Number.POSITIVE_INFINITY,
    share: waits.length === 0 ? 0 : count / waits.length,
  }));
}

export interface DelayPoint {
  readonly maxDelaySeconds: number;
  readonly billing: BillingClock;
  readonly usdPerMonth: number;
  readonly p50: number;
  readonly p95: number;
}

/** What the subject costs at each delay that was simulated, shortest first. */
export function delayPoints(figures: TraceFigures): DelayPoint[] {
  return figures.allRows
    .filter((row) => row.policy === figures.subject)
    .map(({ maxDelaySeconds, billing, usdPerMonth, waitSeconds: { p50, p95 } }) => ({
      maxDelaySeconds,
      billing,
      usdPerMonth,
      p50,
      p95,
    }))
    .sort((one, other) => one.maxDelaySeconds - other.maxDelaySeconds);
}

export interface MonthLine {
  readonly startMs: number;
  readonly pushes: number;
  /** By policy, in the order given. */
  readonly leases: readonly number[];
  readonly paidHours: readonly number[];
}

/** The timeline in numbers: one line a calendar month (UTC); a lease belongs to the month in which it opens. */
export function monthLines(pushes: readonly number[], details: readonly SimulationDetail[]): MonthLine[] {
  const lines = new Map<number, { startMs: number; pushes: number; leases: number[]; paidHours: number[] }>();
  const lineAt = (ms: number) => {
    const date = new Date(ms);
    const startMs = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    const line = lines.get(startMs) ?? {
      startMs,
      pushes: 0,
      leases: details.map(() => 0),
      paidHours: details.map(() => 0),
    };
    lines.set(startMs, line);
    return line;
  };
  for (const push of pushes) lineAt(push).pushes += 1;
  for (const [index, detail] of details.entries()) {
    for (const lease of detail.leases) {
      const line = lineAt(lease.openedAtMs);
      line.leases[index] = (line.leases[index] ?? 0) + 1;
      line.paidHours[index] = (line.paidHours[index] ?? 0) + lease.paidHours;
    }
  }
  return [...lines.values()].sort((one, other) => one.startMs - other.startMs);
}
