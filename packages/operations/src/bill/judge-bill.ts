/**
 * Which reading a bill follows: hours counted from each endpoint's creation (`anchored`), or UTC clock hours touched (`clock`).
 *
 * Each opening of the ledger should be on the bill with so many endpoint-hours by the one reading and so many by the other. Where the two
 * differ whatever the endpoints' exact birth and end were, the opening is decisive, and the bill agrees with one of them, or with neither. Pure.
 */
import { count } from '@hourglass/cost';
import { type BillingClock, HOUR_MS, MINUTE_MS, paidHours } from '@hourglass/lease';
import type { LedgerEntry } from './ledger.ts';
import type { UsageHours } from './usage-hours.ts';

export interface Evidence {
  /** Openings whose hours the bill should have. */
  readonly openings: number;
  /** Of these, how many could show which reading is right. */
  readonly decisive: number;
  /** Of the decisive ones: which reading's hours the bill has. */
  readonly anchored: number;
  readonly clock: number;
  readonly neither: number;
  /** No hour of it is on the bill. */
  readonly absent: number;
}

export interface Verdict {
  /** Null: not enough evidence. */
  readonly reading: BillingClock | null;
  readonly evidence: Evidence;
  /** How likely the other reading is all the same; of the likelier one if none is said. */
  readonly otherLikelihood: number;
  /** Why there is not enough evidence. */
  readonly reason: string | null;
  /** Endpoint-hours of the openings: on the bill, and by each reading. */
  readonly hours: { readonly billed: number; readonly anchored: number; readonly clock: number };
  /** Endpoint-hours on the bill that are not the ledger's: other endpoints. */
  readonly foreignHours: number;
}

/** Endpoints are born after their stack and gone before it: by so much at most. */
const SLACK_MS = 3 * MINUTE_MS;
/** How often an opening is on the bill with the hours of the wrong reading, by chance: a generous guess. */
const ERROR = 0.05;
const LEAST_DECISIVE = 3;
const MOST_DOUBT = 0.01;
/** More openings of the other reading than this are no chance. */
const MOST_MIXED = 0.1;

interface Window {
  readonly entries: LedgerEntry[];
  readonly fromMs: number;
  toMs: number;
}

type Span = readonly [least: number, most: number];

export function judgeBill(entries: readonly LedgerEntry[], usage: UsageHours): Verdict {
  const windows = windowsOf(entries);
  const { own, foreignHours } = ownHours(usage, windows);
  const isCut = usage.cutOff.length > 0;
  const seen = { openings: 0, decisive: 0, anchored: 0, clock: 0, neither: 0, absent: 0 };
  const hours = { billed: 0, anchored: 0, clock: 0 };
  for (const { entries: openings, fromMs, toMs } of windows) {
    const [anchored, clock] = (['anchored', 'clock'] as const).map((reading) => expected(openings, reading));
    if (anchored === undefined || clock === undefined) continue;
    let billed = 0;
    for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) billed += own.get(hourMs) ?? 0;
    seen.openings += openings.length;
    hours.billed += billed;
    hours.anchored += openings.reduce((sum, entry) => sum + entry.hours.anchored, 0);
    hours.clock += openings.reduce((sum, entry) => sum + entry.hours.clock, 0);
    if (billed < 0.01) {
      seen.absent += openings.length;
      continue;
    }
    if (anchored[1] >= clock[0]) continue;
    seen.decisive += openings.length;
    if (isWithin(billed, clock)) seen.clock += openings.length;
    // Lines that are missing make less of more: of a file that was cut off, the smaller figure proves nothing.
    else if (isWithin(billed, anchored) && !isCut) seen.anchored += openings.length;
    else seen.neither += openings.length;
  }
  return { ...conclude(seen, isCut), evidence: seen, hours, foreignHours };
}

function conclude(seen: Evidence, isCut: boolean): Pick<Verdict, 'reading' | 'otherLikelihood' | 'reason'> {
  const lead = seen.anchored - seen.clock;
  const reading = lead > 0 ? 'anchored' : 'clock';
  const otherLikelihood = 1 / (1 + ((1 - ERROR) / ERROR) ** Math.abs(lead));
  const no = (reason: string) => ({ reading: null, otherLikelihood, reason });
  if (seen.openings === 0) return no('the ledger has no opening of endpoints in this time');
  if (seen.absent === seen.openings) {
    return no(
      'the bill has none of the hours of these openings: is it of this account, Region and month, and by the hour?',
    );
  }
  if (seen.decisive === 0)
    return no(
      "by both readings these openings cost the same hours, which is what billing: 'unknown' aims at: to find out, set billing: 'anchored' until a few openings have lasted over a full UTC hour",
    );
  const explained = seen.anchored + seen.clock;
  if (seen.neither > explained) {
    return no(
      isCut
        ? 'a file is cut off, so that hours are missing from it'
        : `of the ${count(seen.decisive, 'opening that shows', 'openings that show')} how the bill counts, ${count(seen.neither, 'has', 'have')} hours of neither reading`,
    );
  }
  const minority = Math.min(seen.anchored, seen.clock);
  if (minority > Math.max(1, explained * MOST_MIXED)) {
    return no(
      `the bill follows both readings: ${count(seen.anchored, 'opening is', 'openings are')} counted as anchored and ${seen.clock} as clock`,
    );
  }
  if (Math.abs(lead) < LEAST_DECISIVE || otherLikelihood > MOST_DOUBT) {
    return no(
      `only ${count(seen.decisive, 'opening shows', 'openings show')} how the bill counts, ${seen.anchored} for anchored and ${seen.clock} for clock`,
    );
  }
  return { reading, otherLikelihood, reason: null };
}

/** Openings that share a clock hour are one window: a bill without the endpoints' names does not keep them apart. */
function windowsOf(entries: readonly LedgerEntry[]): Window[] {
  const windows: Window[] = [];
  const sorted = entries
    .filter(({ createdAt, endpoints, zones }) => createdAt !== null && endpoints * zones > 0)
    .toSorted((a, b) => Date.parse(a.createdAt ?? '') - Date.parse(b.createdAt ?? ''));
  for (const entry of sorted) {
    const fromMs = Math.floor(Date.parse(entry.createdAt ?? '') / HOUR_MS) * HOUR_MS;
    const toMs = Math.ceil(Date.parse(entry.deletedAt) / HOUR_MS) * HOUR_MS;
    const last = windows.at(-1);
    if (last !== undefined && fromMs < last.toMs) {
      last.entries.push(entry);
      last.toMs = Math.max(last.toMs, toMs);
    } else windows.push({ entries: [entry], fromMs, toMs });
  }
  return windows;
}

/** Of all openings together: the least and the most endpoint-hours, as the endpoints may have lived a little shorter than their stack. */
function expected(openings: readonly LedgerEntry[], reading: BillingClock): Span {
  return openings.reduce<Span>(
    ([least, most], { createdAt, deletedAt, endpoints, zones }) => {
      const [openedMs, closedMs] = [Date.parse(createdAt ?? ''), Date.parse(deletedAt)];
      const shorter = paidHours(reading, openedMs + SLACK_MS, closedMs - SLACK_MS);
      const each = endpoints * zones;
      // One that lived for moments only may be on the bill or not.
      return [least + shorter * each, most + paidHours(reading, openedMs, closedMs) * each];
    },
    [0, 0],
  );
}

function isWithin(billed: number, [least, most]: Span): boolean {
  return billed >= least - 0.01 && billed <= most + 0.01;
}

/** The hours that can be the ledger's: of endpoints that lived in its openings only; where they are not named, what goes beyond the usual. */
function ownHours(usage: UsageHours, windows: readonly Window[]): { own: Map<number, number>; foreignHours: number } {
  const inWindow = new Set<number>();
  for (const { fromMs, toMs } of windows) {
    for (let hourMs = fromMs; hourMs < toMs; hourMs += HOUR_MS) inWindow.add(hourMs);
  }
  const own = new Map<number, number>();
  let foreignHours = 0;
  const count = (hourMs: number, hours: number) => own.set(hourMs, (own.get(hourMs) ?? 0) + hours);
  for (const [resource, byHour] of usage.byResource) {
    const all = [...byHour];
    if (resource !== '') {
      const isOwn = all.every(([hourMs]) => inWindow.has(hourMs));
      for (const [hourMs, hours] of all) {
        if (isOwn) count(hourMs, hours);
        else foreignHours += hours;
      }
      continue;
    }
    const usual = usualHours(byHour, inWindow);
    for (const [hourMs, hours] of all) {
      const foreign = Math.min(hours, usual);
      foreignHours += inWindow.has(hourMs) ? foreign : hours;
      if (inWindow.has(hourMs)) count(hourMs, hours - foreign);
    }
  }
  return { own, foreignHours };
}

/** Of the hours between the openings, the middle one: endpoints of others that are always there. */
function usualHours(byHour: ReadonlyMap<number, number>, inWindow: ReadonlySet<number>): number {
  const times = [...byHour.keys()];
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) [first, last] = [Math.min(first, time), Math.max(last, time)];
  const between: number[] = [];
  for (let hourMs = first; hourMs <= last; hourMs += HOUR_MS) {
    if (!inWindow.has(hourMs)) between.push(byHour.get(hourMs) ?? 0);
  }
  between.sort((a, b) => a - b);
  return between[between.length >> 1] ?? 0;
}
