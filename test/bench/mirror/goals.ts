/** The figures that are to be reached, and whether they were. */
import type { Contestant, Measurement, Run } from './contestants.ts';
import { warmWork } from './warm.ts';

export interface Goal {
  readonly goal: string;
  readonly wanted: string;
  readonly measured: string;
  readonly reached: boolean;
}

const MB = 1e6;

/** The work that shows whether memory depends on the repository's size. */
export const SMALL_WORK = 'first mirror of 1,000 commits';

/** Compares medians; times of the relay include the start of its process. */
export function judge(measurements: readonly Measurement[]): Goal[] {
  const seconds = (work: string, by: Contestant) => median(runsOf(measurements, work, by).map((run) => run.seconds));
  const bytes = (work: string, by: Contestant) =>
    median(runsOf(measurements, work, by).map((run) => run.bytesFromSource));
  const peaks = measurements.flatMap(({ work }) =>
    runsOf(measurements, work, 'relay').map((run) => run.relay?.peakRssBytes ?? 0),
  );
  const faster = (work: string) => seconds(work, 'clone + push') / seconds(work, 'relay');
  const peak = (work: string) =>
    Math.max(...runsOf(measurements, work, 'relay').map((run) => run.relay?.peakRssBytes ?? 0));
  return [
    ...againstPeer(measurements),
    atLeast('+1 commit, faster than clone + push', 80, faster('+1 commit'), '×'),
    atLeast(
      '+1 commit, fewer bytes from the source',
      1000,
      bytes('+1 commit', 'clone + push') / bytes('+1 commit', 'relay'),
      '×',
    ),
    atLeast('+100 commits, faster than clone + push', 30, faster('+100 commits'), '×'),
    atMost(
      '+1 commit, time against a kept mirror',
      1.2,
      seconds('+1 commit', 'relay') / seconds('+1 commit', 'kept mirror'),
      '×',
    ),
    atLeast('first mirror, faster than clone + push', 2, faster('first mirror'), '×'),
    atMost('peak memory of the relay', 120, Math.max(...peaks) / MB, ' MB'),
    // Flat: not one to one, since a small pack is through before the collector has found its pace.
    atMost('memory against that for 1,000 commits', 1.5, peak('first mirror') / peak(SMALL_WORK), '×'),
    atMost('unchanged', 0.3, seconds('unchanged', 'relay'), ' s'),
    ...inHalves(measurements),
  ];
}

/** The two halves against the relay in one piece, in a process that has mirrored before: functions do not start for each mirror. */
function inHalves(measurements: readonly Measurement[]): Goal[] {
  const own = (work: string, by: Contestant) => median(runsOf(measurements, work, by).map((run) => run.seconds));
  const peaks = runsOf(measurements, 'first mirror', 'in halves').map((run) => run.relay?.peakRssBytes ?? 0);
  return [
    ...[1, 100]
      .map(warmWork)
      .map((work) =>
        atMost(`${work}, in halves through a file`, 1.5, own(work, 'in halves') / own(work, 'relay'), '×'),
      ),
    atMost('first mirror, peak memory of a half', 200, Math.max(...peaks) / MB, ' MB'),
  ];
}

/** What is wanted of the relay beside git-sync, whose process starts in a tenth of the time; nothing if none was given. */
function againstPeer(measurements: readonly Measurement[]): Goal[] {
  const wanted = { 'first mirror': 1, '+1 commit': 1.05, '+100 commits': 1.05, unchanged: 1.5, 'one deletion': 1.5 };
  return Object.entries(wanted).flatMap(([work, most]) => {
    const [own, peer] = (['relay', 'peer'] as const).map((by) =>
      median(runsOf(measurements, work, by).map((run) => run.seconds)),
    );
    if (own === undefined || peer === undefined || Number.isNaN(own) || Number.isNaN(peer)) return [];
    return [atMost(`${work}, time against git-sync`, most, own / peer, '×')];
  });
}

export function runsOf(measurements: readonly Measurement[], work: string, by: Contestant): Run[] {
  return measurements
    .filter((one) => one.work === work)
    .flatMap(({ runs }) => runs.filter((run) => run.contestant === by));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

function atLeast(goal: string, wanted: number, measured: number, unit: string): Goal {
  return { goal, wanted: `≥ ${wanted}${unit}`, measured: `${show(measured)}${unit}`, reached: measured >= wanted };
}

function atMost(goal: string, wanted: number, measured: number, unit: string): Goal {
  return { goal, wanted: `≤ ${wanted}${unit}`, measured: `${show(measured)}${unit}`, reached: measured <= wanted };
}

function show(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
