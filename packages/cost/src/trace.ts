/** Push times and task durations, as text. Whatever is wrong is reported with its line. */

/** A line of a trace or of a file of durations that is not what it should be; the message names the line, counted from 1. */
export class TraceInvalid extends Error {
  override readonly name = 'TraceInvalid';
}

export interface Trace {
  /** Epoch milliseconds, oldest first. */
  arrivalsMs: number[];
  /** The line of each arrival, counted from 0; out of order if the file was. */
  lines: number[];
  /** The first line, counted from 1, that is earlier than the one before it; `null` if the file was in order. */
  unsortedAtLine: number | null;
}

const UTC_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]00:?00)$/;

/**
 * Reads a trace: one ISO-8601 time in UTC a line. Times out of order are sorted.
 * @throws TraceInvalid a line is no such time, or there is none at all.
 */
export function readTrace(text: string): Trace {
  const times = linesOf(text).map((line, index) => readTime(line, index + 1));
  if (times.length === 0) throw new TraceInvalid('the trace is empty: it needs at least one time');
  let unsortedAtLine: number | null = null;
  for (let index = 1; index < times.length && unsortedAtLine === null; index += 1) {
    if ((times[index] ?? 0) < (times[index - 1] ?? 0)) unsortedAtLine = index + 1;
  }
  const lines = times.map((_, index) => index);
  // The sort is stable: pushes of the same moment stay in the order of the file.
  if (unsortedAtLine !== null) lines.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0));
  return { arrivalsMs: lines.map((line) => times[line] ?? 0), lines, unsortedAtLine };
}

function readTime(line: string, number: number): number {
  const timeMs = UTC_TIME.test(line) ? Date.parse(line.replace(',', '.').replace(/[+-]00:?00$/, 'Z')) : Number.NaN;
  // A day that the month does not have must not slip into the next month.
  const isDay = !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(line.slice(0, 10));
  if (!isDay) {
    throw new TraceInvalid(`line ${number}: ${quote(line)} is no ISO-8601 time in UTC such as 2026-01-31T23:59:00Z`);
  }
  return timeMs;
}

/**
 * Reads task durations: one whole number of seconds a line, in the order of the trace's lines.
 * @returns milliseconds, in the order of the trace's arrivals.
 * @throws TraceInvalid a line is no such number, or there are not as many as pushes.
 */
export function readDurations(text: string, trace: Trace): number[] {
  const seconds = linesOf(text).map((line, index) => {
    if (/^-\d/.test(line)) throw new TraceInvalid(`line ${index + 1}: a duration is not negative: ${quote(line)}`);
    if (!/^\d{1,9}$/.test(line)) {
      throw new TraceInvalid(`line ${index + 1}: ${quote(line)} is no whole number of seconds`);
    }
    return Number(line);
  });
  if (seconds.length !== trace.lines.length) {
    const line = Math.min(seconds.length, trace.lines.length) + 1;
    throw new TraceInvalid(
      `line ${line}: the number of durations, ${seconds.length}, is not that of the pushes, ${trace.lines.length}`,
    );
  }
  return trace.lines.map((line) => (seconds[line] ?? 0) * 1_000);
}

function linesOf(text: string): string[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function quote(line: string): string {
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
}
