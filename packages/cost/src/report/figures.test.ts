import { describe, expect, it } from 'vitest';
import { binWaits, delayPoints, figuresByTrace, monthLines } from './figures.ts';
import { formatRange, formatRatio, formatSeconds, formatShare, formatUsd } from './format.ts';
import { burstyPushes, exampleReport } from './report.fixture.ts';

const report = exampleReport({ pushes: burstyPushes(90, 3) });
const [figures] = figuresByTrace(report);
if (!figures) throw new Error('the example has a trace');

describe('the figures of a trace', () => {
  it('are about the policy that is deployed', () => {
    expect(figures.subject).toBe('hourglass-default');
  });

  it('count every wait in one bin', () => {
    const bins = binWaits([0, 60, 61, 900, 901, 1_000_000]);
    expect(bins.reduce((sum, bin) => sum + bin.share, 0)).toBeCloseTo(1);
    expect(bins[0]?.share).toBeCloseTo(2 / 6);
    expect(bins.at(-1)?.share).toBeCloseTo(1 / 6);
  });

  it('count every push and every paid hour in one month', () => {
    const lines = monthLines(figures.pushes, figures.details);
    expect(lines.reduce((sum, line) => sum + line.pushes, 0)).toBe(figures.requests);
    for (const [index, detail] of figures.details.entries()) {
      const row = figures.rows.find((one) => one.policy === detail.policy && one.billing === detail.billing);
      expect(lines.reduce((sum, line) => sum + (line.paidHours[index] ?? 0), 0)).toBe(row?.paidHours);
    }
  });

  it('have the subject at each delay, shortest first', () => {
    const delays = delayPoints(figures).map((point) => point.maxDelaySeconds);
    expect(delays).toEqual([0, 0, 300, 300, 900, 900, 1800, 1800, 3600, 3600]);
  });
});

describe('numbers', () => {
  it('never show something as nothing, or nearly all as all', () => {
    expect(formatUsd(0)).toBe('$0.00');
    expect(formatUsd(0.001)).toBe('< $0.01');
    expect(formatShare(0.9999)).toBe('99.9%');
    expect(formatShare(0.00001)).toBe('0.1%');
    expect(formatShare(1)).toBe('100%');
  });

  it('show one figure where two would read the same', () => {
    expect(formatRange({ least: 0.811, most: 0.812 })).toBe('$0.81');
    expect(formatRange({ least: 0.8, most: 1234.5 })).toBe('$0.80–$1,234.50');
    expect(formatRatio(1.25)).toBe('1.25 ×');
  });

  it('show the largest unit of a time and the one below it', () => {
    expect(formatSeconds(0)).toBe('0 s');
    expect(formatSeconds(150)).toBe('2 min 30 s');
    expect(formatSeconds(3600)).toBe('1 h');
    expect(formatSeconds(3605)).toBe('1 h');
    expect(formatSeconds(90_061)).toBe('1 d 1 h');
  });
});
