import { describe, expect, it } from 'vitest';
import { drawDurations } from './task-times.ts';
import { readDurations, readTrace, TraceInvalid } from './trace.ts';

describe('a trace', () => {
  it('is one UTC time a line, in milliseconds', () => {
    const { arrivalsMs, unsortedAtLine } = readTrace('2025-01-01T00:00:00Z\r\n2025-01-01T00:00:01.5+00:00\n');
    expect(arrivalsMs).toEqual([Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 1) + 1_500]);
    expect(unsortedAtLine).toBeNull();
  });

  it('out of order is sorted, and says at which line; durations go with their lines', () => {
    const trace = readTrace('2025-01-02T00:00:00Z\n2025-01-01T00:00:00Z\n2025-01-03T00:00:00Z\n');
    expect(trace.unsortedAtLine).toBe(2);
    expect(trace.arrivalsMs).toEqual([1, 2, 3].map((day) => Date.UTC(2025, 0, day)));
    expect(readDurations('20\n10\n30\n', trace)).toEqual([10_000, 20_000, 30_000]);
  });

  it.each([
    ['', /empty/],
    ['\n\n', /empty/],
    ['2025-01-01T00:00:00Z\nyesterday\n', /line 2: "yesterday"/],
    ['2025-02-30T00:00:00Z', /line 1/],
    ['2025-01-01T25:00:00Z', /line 1/],
    ['2025-01-01T00:00:00+09:00', /line 1/],
    ['2025-01-01T00:00:00Z\n\n2025-01-02T00:00:00Z', /line 2: ""/],
  ])('that is wrong is refused with its line: %j', (text, message) => {
    expect(() => readTrace(text)).toThrow(TraceInvalid);
    expect(() => readTrace(text)).toThrow(message);
  });
});

describe('durations', () => {
  const trace = readTrace('2025-01-01T00:00:00Z\n2025-01-02T00:00:00Z\n');
  it.each([
    ['10\n-1\n', /line 2: a duration is not negative/],
    ['10\n1.5\n', /line 2/],
    ['10\n', /line 2: the number of durations, 1, is not that of the pushes, 2/],
    ['10\n20\n30\n', /line 3: the number of durations, 3, is not that of the pushes, 2/],
  ])('that are wrong are refused with their line: %j', (text, message) => {
    expect(() => readDurations(text, trace)).toThrow(message);
  });

  it('are drawn the same for the same seed, around the median', () => {
    const drawn = drawDurations(10_001, 90_000, 7);
    expect(drawDurations(10_001, 90_000, 7)).toEqual(drawn);
    expect(drawDurations(10_001, 90_000, 8)).not.toEqual(drawn);
    const median = [...drawn].sort((a, b) => a - b)[5_000] ?? 0;
    expect(Math.abs(median - 90_000)).toBeLessThan(5_000);
    expect(drawn.every((durationMs) => durationMs >= 1_000 && durationMs % 1_000 === 0)).toBe(true);
  });
});
