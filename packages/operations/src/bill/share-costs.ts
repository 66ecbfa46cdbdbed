/** What each repository has cost: an opening's hours are shared by those it carried, by the time that their tasks took. Pure. */
import type { BillingClock } from '@hourglass/lease';
import type { LedgerEntry } from './ledger.ts';

export interface Share {
  /** Null: openings that carried nothing, such as failed creations. */
  readonly task: string | null;
  readonly runs: number;
  readonly seconds: number;
  readonly endpointHours: number;
  readonly usd: number | null;
}

export interface OpeningShare extends Share {
  readonly entry: LedgerEntry;
}

/** One for each opening and task. */
export function shareOpenings(
  entries: readonly LedgerEntry[],
  reading: BillingClock,
  usdPerHour: number | null,
): OpeningShare[] {
  return entries.flatMap((entry): OpeningShare[] => {
    const hours = entry.hours[reading];
    if (hours === 0) return [];
    const share = (task: string | null, part: number, runs: number, seconds: number): OpeningShare => ({
      entry,
      task,
      runs,
      seconds,
      endpointHours: hours * part,
      usd: usdPerHour === null ? null : hours * part * usdPerHour,
    });
    const byTask = Map.groupBy(entry.runs, ({ task }) => task);
    if (byTask.size === 0) return [share(null, 1, 0, 0)];
    const all = entry.runs.reduce((sum, { seconds }) => sum + seconds, 0);
    return [...byTask].map(([task, runs]) => {
      const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
      return share(task, all > 0 ? seconds / all : runs.length / entry.runs.length, runs.length, seconds);
    });
  });
}

/** One for each task, dearest first. */
export function shareByTask(shares: readonly OpeningShare[]): Share[] {
  const sums = [...Map.groupBy(shares, ({ task }) => task)].map(([task, of]) => ({
    task,
    runs: of.reduce((sum, { runs }) => sum + runs, 0),
    seconds: of.reduce((sum, { seconds }) => sum + seconds, 0),
    endpointHours: of.reduce((sum, { endpointHours }) => sum + endpointHours, 0),
    usd: of.some(({ usd }) => usd === null) ? null : of.reduce((sum, { usd }) => sum + (usd ?? 0), 0),
  }));
  return sums.sort((a, b) => b.endpointHours - a.endpointHours);
}
