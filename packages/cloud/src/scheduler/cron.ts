/**
 * Cron expressions of the Scheduler: minutes, hours, day of month, month, day of week (1 is Sunday), year, in a time zone.
 * A time that the clocks skip in spring has no firing; one that they show twice in autumn has one.
 * Of what AWS knows, `L`, `W` and `#` are left out, and refused.
 * Source: EventBridge Scheduler user guide, "Schedule types".
 */

export interface Cron {
  readonly fields: readonly ReadonlySet<number>[];
  readonly local: Intl.DateTimeFormat;
}

const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [1, 7],
  [1970, 2199],
] as const;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** Time zones differ by whole quarters of an hour. */
const QUARTER_MS = 15 * 60_000;
const LOOK_AHEAD_MS = 2 * 366 * 86_400_000;

/** Undefined for what is none. */
export function readCron(text: string, timeZone: string): Cron | undefined {
  const parts = text.trim().split(/ +/);
  if (parts.length !== 6 || (parts[2] === '?') === (parts[4] === '?')) return undefined;
  const fields = parts.map((part, index) => readField(part, index));
  if (!fields.every((field) => field !== undefined)) return undefined;
  try {
    const local = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    return { fields, local };
  } catch {
    return undefined;
  }
}

function readField(part: string, index: number): Set<number> | undefined {
  const [from, to] = ranges[index] ?? [0, 0];
  const values = new Set<number>();
  for (const one of part.split(',')) {
    const match = /^(\*|\?|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/.exec(one);
    if (match === null || (match[1] === '?' && index !== 2 && index !== 4)) return undefined;
    const [, , low, high, step = '1'] = match;
    const first = low === undefined ? from : numberOf(low, index);
    const last = high !== undefined ? numberOf(high, index) : low === undefined || match[4] !== undefined ? to : first;
    if (!(first >= from && last <= to && first <= last && Number(step) > 0)) return undefined;
    for (let value = first; value <= last; value += Number(step)) values.add(value);
  }
  return values;
}

function numberOf(text: string, index: number): number {
  const names = index === 3 ? MONTHS : index === 4 ? DAYS : [];
  const at = names.indexOf(text.toUpperCase());
  return at >= 0 ? at + 1 : /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** The first whole minute after `afterMs` that fits, within two years. */
export function nextCronMs({ fields, local }: Cron, afterMs: number): number | null {
  const [minutes, hours, days, months, weekdays, years] = fields;
  for (let quarter = afterMs - (afterMs % QUARTER_MS); quarter < afterMs + LOOK_AHEAD_MS; quarter += QUARTER_MS) {
    const part = Object.fromEntries(local.formatToParts(quarter).map(({ type, value }) => [type, value]));
    const fits =
      hours?.has(Number(part.hour)) &&
      days?.has(Number(part.day)) &&
      months?.has(Number(part.month)) &&
      weekdays?.has(DAYS.indexOf(String(part.weekday).toUpperCase()) + 1) &&
      years?.has(Number(part.year));
    for (let minute = 0; fits && minute < 15; minute += 1) {
      const atMs = quarter + minute * 60_000;
      if (atMs > afterMs && minutes?.has(Number(part.minute) + minute) && !isShownAgain(local, atMs)) return atMs;
    }
  }
  return null;
}

/** Whether clocks that were put back show this time for the second time: by an hour, or half of one. */
function isShownAgain(local: Intl.DateTimeFormat, atMs: number): boolean {
  return [30, 60].some((minutes) => local.format(atMs - minutes * 60_000) === local.format(atMs));
}
