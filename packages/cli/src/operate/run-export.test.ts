/** What `hourglass export` writes, and that no entry is written twice or left out where a page ends. */
import type { HistoryEntry } from '@hourglass/operations/model';
import { describe, expect, it } from 'vitest';
import { COLUMNS, csvLine, PAGE, valuesOf, withoutTail } from './run-export.ts';

const entry = (n: number, finishedAtMs: number, more: Partial<HistoryEntry> = {}): HistoryEntry => ({
  requestId: `r${n}`,
  task: 'mirror:app',
  result: 'succeeded',
  acceptedAt: '2026-11-27T10:00:00.000Z',
  finishedAt: new Date(finishedAtMs).toISOString(),
  reason: null,
  carrier: 'fargate',
  door: 'hook',
  delivery: null,
  joins: null,
  startBy: null,
  startedAt: null,
  attempts: 1,
  fence: 1,
  taskArn: null,
  logStream: null,
  durationSeconds: null,
  carried: null,
  ...more,
});

/** As the command reads them: page by page, each from where the one before it ended. */
function readAll(all: readonly HistoryEntry[]): string[] {
  const written: string[] = [];
  for (let beforeMs = Number.POSITIVE_INFINITY; ; ) {
    const page = all.filter(({ finishedAt }) => Date.parse(finishedAt) < beforeMs).slice(0, PAGE);
    const { entries, nextMs } = withoutTail(page);
    written.push(...entries.map(({ requestId }) => requestId));
    if (nextMs === undefined) return written;
    beforeMs = nextMs;
  }
}

describe('pages', () => {
  it.each([
    ['all at different times', (n: number) => n],
    ['ten of each millisecond, so that pages end amid them', (n: number) => Math.floor(n / 10)],
    ['seven of each', (n: number) => Math.floor(n / 7)],
  ])('hold every entry once: %s', (_, at) => {
    const all = Array.from({ length: 2 * PAGE + 123 }, (_value, n) => entry(n, 1e12 - at(n)));
    expect(readAll(all)).toEqual(all.map(({ requestId }) => requestId));
  });

  it('end, though a whole page is of one millisecond', () => {
    const all = Array.from({ length: PAGE + 10 }, (_value, n) => entry(n, n < PAGE ? 1e12 : 1e12 - 1));
    expect(readAll(all)).toHaveLength(all.length);
  });
});

describe('a line of CSV', () => {
  it('has a cell for each column, empty where nothing is known', () => {
    const values = valuesOf(entry(1, 1e12, { carried: { via: 'relay', bytes: 7, refs: 2, rejected: 0 } }));
    expect(csvLine(values)).toBe(
      'r1,mirror:app,succeeded,2026-11-27T10:00:00.000Z,,2001-09-09T01:46:40.000Z,,1,,hook,,,1,,,fargate,relay,7,2,,,,,0\r\n',
    );
    expect(values).toHaveLength(COLUMNS.length + 8);
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['quotes', 'say "no"', '"say ""no"""'],
    ['a line break', 'a\r\nb', '"a\r\nb"'],
    ['what a spreadsheet would run', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a sign at its beginning', '@SUM(1)', "'@SUM(1)"],
  ])('keeps %s', (_, value, cell) => {
    expect(csvLine([value])).toBe(`${cell}\r\n`);
  });

  it('leaves numbers as they are, below zero too', () => {
    expect(csvLine([-5, 0, null, undefined])).toBe('-5,0,,\r\n');
  });
});
