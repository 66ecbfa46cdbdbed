/**
 * What of a lane can be seen. A chart a thousand pixels wide shows no more than a thousand things, so of two years of leases only the
 * visible part is handed to the chart, with what is closer than a pixel drawn as one. Zooming costs the same whatever the trace's length.
 */
(() => {
  const HOUR_MS = 3_600_000;

  /** Times of gap and length in turns, as epoch milliseconds. */
  hourglass.laneTimes = (steps) => {
    const starts = new Float64Array(steps.length / 2);
    const ends = new Float64Array(steps.length / 2);
    let second = 0;
    for (let at = 0; at < starts.length; at += 1) {
      second += steps[2 * at] ?? 0;
      starts[at] = second * 1000;
      second += steps[2 * at + 1] ?? 0;
      ends[at] = second * 1000;
    }
    return { starts, ends };
  };

  hourglass.pushTimes = (steps) => {
    let second = 0;
    const starts = Float64Array.from(steps, (step) => {
      second += step;
      return second * 1000;
    });
    return { starts, ends: starts };
  };

  /** The hours that the bill has for each lease. */
  hourglass.paidTimes = (lane, { starts }) => {
    const from = starts.map((start) => (lane.reading === 'clock' ? Math.floor(start / HOUR_MS) * HOUR_MS : start));
    return { starts: from, ends: from.map((start, at) => start + (lane.paidHours[at] ?? 0) * HOUR_MS) };
  };

  hourglass.visibleSegments = ({ starts, ends }, row, fromMs, toMs, pixels, leastPixels) => {
    const pixelMs = (toMs - fromMs) / Math.max(1, pixels);
    /** @type {Segments} */
    const segments = [];
    let begin = Number.NaN;
    let end = Number.NaN;
    const close = () => {
      if (!Number.isNaN(begin))
        segments.push([begin, row], [Math.max(end, begin + leastPixels * pixelMs), row], [null, null]);
    };
    for (let at = firstEnding(ends, fromMs); at < starts.length && (starts[at] ?? 0) <= toMs; at += 1) {
      const start = Math.max(starts[at] ?? 0, fromMs);
      if (start - end < pixelMs / 2) {
        end = Math.max(end, ends[at] ?? 0);
        continue;
      }
      close();
      begin = start;
      end = ends[at] ?? 0;
    }
    close();
    return segments;
  };

  /** Index of the first that ends at `ms` or later; both ends are in rising order. @param {Float64Array} ends @param {number} ms */
  function firstEnding(ends, ms) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }
})();
