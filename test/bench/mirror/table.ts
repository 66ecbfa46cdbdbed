/** The measurements as a person reads them. */

import { alignColumns } from '../../../packages/cli/src/align-columns.ts';
import { formatBytes } from '../../../packages/cli/src/mirror/report.ts';
import type { Contestant, Measurement } from './contestants.ts';
import { type Goal, median, runsOf } from './goals.ts';

const WAYS: Contestant[] = ['clone + push', 'kept mirror', 'peer', 'relay', 'in halves'];

export function describeMeasurements(measurements: readonly Measurement[]): string {
  const rows = [['work', 'way', 'median', 'relay itself', 'from source', 'peak memory', 'runs']];
  for (const work of new Set(measurements.map((one) => one.work))) {
    for (const way of WAYS) {
      const runs = runsOf(measurements, work, way);
      if (runs.length === 0) continue;
      const own = runs.flatMap((run) => (run.relay ? [run.relay] : []));
      rows.push([
        work,
        way,
        `${median(runs.map((run) => run.seconds)).toFixed(2)} s`,
        own.length > 0 ? `${median(own.map((run) => run.seconds)).toFixed(2)} s` : '',
        formatBytes(Math.round(median(runs.map((run) => run.bytesFromSource)))),
        own.length > 0 ? formatBytes(Math.max(...own.map((run) => run.peakRssBytes))) : '',
        String(runs.length),
      ]);
    }
  }
  return alignColumns(rows).join('\n');
}

export function describeGoals(goals: readonly Goal[]): string {
  const rows = goals.map(({ goal, wanted, measured, reached }) => [
    goal,
    wanted,
    measured,
    reached ? 'reached' : 'MISSED',
  ]);
  return alignColumns([['goal', 'wanted', 'measured', ''], ...rows]).join('\n');
}
