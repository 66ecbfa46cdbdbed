import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Times {
  starts: Float64Array;
  ends: Float64Array;
}
interface Page {
  laneTimes(steps: readonly number[]): Times;
  visibleSegments(
    times: Times,
    row: number,
    fromMs: number,
    toMs: number,
    pixels: number,
    leastPixels: number,
  ): [number | null, number | null][];
}

const page = createContext({});
for (const name of ['palette', 'lane-segments']) {
  runInContext(readFileSync(new URL(`${name}.js`, import.meta.url), 'utf8'), page);
}
const { laneTimes, visibleSegments } = page.hourglass as Page;

const PIXELS = 500;
/** Gap and length in turns, in seconds; then a window, as parts of the whole. */
const lanes = fc.record({
  steps: fc.array(fc.tuple(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 1, max: 9_000 })), {
    maxLength: 400,
  }),
  from: fc.double({ min: 0, max: 0.9, noNaN: true }),
  part: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
});

function pairs(segments: readonly (readonly [number | null, number | null])[]): [number, number][] {
  return segments.flatMap(([begin], at): [number, number][] =>
    at % 3 === 0 ? [[begin ?? Number.NaN, segments[at + 1]?.[0] ?? Number.NaN]] : [],
  );
}

describe('the visible part of a lane', () => {
  it('covers every lease in the window, and is no more than the pixels can show', () => {
    fc.assert(
      fc.property(lanes, ({ steps, from, part }) => {
        const times = laneTimes(steps.flat());
        const wholeMs = times.ends.at(-1) ?? 1;
        const [fromMs, toMs] = [from * wholeMs, (from + part) * wholeMs];
        const pixelMs = (toMs - fromMs) / PIXELS;
        const drawn = pairs(visibleSegments(times, 1, fromMs, toMs, PIXELS, 1.5));
        expect(drawn.length).toBeLessThanOrEqual(2 * PIXELS + 2);
        for (const [index, start] of times.starts.entries()) {
          const end = times.ends[index] ?? 0;
          if (end < fromMs || start > toMs) continue;
          const seen = Math.max(start, fromMs);
          expect(drawn.some(([begin, close]) => begin <= seen && end <= close)).toBe(true);
        }
        for (const [begin, close] of drawn) {
          expect(begin).toBeGreaterThanOrEqual(fromMs);
          expect(close - begin).toBeGreaterThanOrEqual(1.5 * pixelMs - 1e-3);
        }
      }),
    );
  });

  it('is every lease by itself when it is near enough', () => {
    const times = laneTimes([0, 600, 3000, 600, 3000, 600]);
    expect(pairs(visibleSegments(times, 2, 0, 7_800_000, 1000, 1.5))).toEqual([
      [0, 600_000],
      [3_600_000, 4_200_000],
      [7_200_000, 7_800_000],
    ]);
  });

  it('is nothing where nothing was', () => {
    expect(visibleSegments(laneTimes([]), 0, 0, 1000, 100, 1)).toEqual([]);
    expect(visibleSegments(laneTimes([10, 10]), 0, 0, 1000, 100, 1)).toEqual([]);
  });
});
