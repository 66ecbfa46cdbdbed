import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatUsd } from './format.ts';
import { renderReport } from './render-report.ts';
import { burstyPushes, exampleReport } from './report.fixture.ts';
import type { ReportData } from './report-data.ts';

const report = exampleReport({ pushes: burstyPushes(90, 3) });
const page = renderReport(report);
const inlineScripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script ?? '');
/** A page without its scripts and styles: what is said, and the data. */
const withoutCode = (text: string) => text.replace(/<script>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
const said = withoutCode(page);

describe('the page', () => {
  it('is the same for the same report', () => {
    expect(renderReport(exampleReport({ pushes: burstyPushes(90, 3) }))).toBe(page);
  });

  it('has nothing in it that a browser would fetch', () => {
    expect(said).not.toMatch(/\s(src|srcset|poster|background|data)\s*=/i);
    expect(said).not.toMatch(/<(link|iframe|object|embed|img|base)\b/i);
    const style = page.match(/<style>([\s\S]*?)<\/style>/)?.[1] ?? '';
    expect(style).not.toMatch(/url\(|@import/);
  });

  it('lets only its own scripts run, by their hashes, and forbids all else', () => {
    const policy = (page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? '').replaceAll('&#39;', "'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(inlineScripts.length).toBeGreaterThan(1);
    for (const script of inlineScripts) {
      expect(policy).toContain(`'sha256-${createHash('sha256').update(script).digest('base64')}'`);
    }
    expect(policy.match(/sha256-/g)).toHaveLength(inlineScripts.length);
  });

  it('has each row of the report in a table', () => {
    for (const row of report.rows.filter((one) => one.maxDelaySeconds === report.maxDelaySeconds)) {
      expect(said).toContain(`<td class="number">${formatUsd(row.usdPerMonth)}</td>`);
    }
  });

  it('has headings that skip no level, and one first heading', () => {
    const levels = [...said.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1);
      return level;
    }, 0);
  });

  it('says of each chart what it shows, and has a table beside it', () => {
    const figures = [...said.matchAll(/data-chart="(\w+)"[^>]*aria-label="([^"]+)"/g)];
    expect(figures.map(([, name]) => name)).toEqual(['costs', 'timeline', 'waits', 'delays', 'alternatives']);
    expect(said.match(/<caption>/g)?.length).toBeGreaterThanOrEqual(figures.length);
  });

  it('uses each id once', () => {
    const ids = [...said.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('what users name', () => {
  const name = `</script><script>alert(1)</script><img src=x onerror='alert("2")'>&amp;`;
  const whole = renderReport(exampleReport({ trace: name, pushes: burstyPushes(20, 3) }));
  const hostile = whole.slice(0, whole.indexOf('<footer>')).replace(/<style>[\s\S]*?<\/style>/, '');

  it('is text and nothing else', () => {
    expect(hostile).not.toContain('<script>alert');
    expect(hostile).not.toContain('<img');
    expect(hostile).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(hostile).toContain('&amp;amp;');
  });

  it('makes no link but to an https page', () => {
    const price = { usdPerEndpointHour: 0.014, sourceUrl: 'javascript:alert(1)', asOf: null };
    expect(withoutCode(renderReport({ ...report, price }))).not.toContain('javascript:');
  });
});

describe('a report of little', () => {
  it('is made of one push', () => {
    expect(renderReport(exampleReport({ pushes: [Date.UTC(2025, 0, 6, 9)] }))).toContain('1 push,');
  });

  it('is made of one policy under one reading', () => {
    const few = <T extends { policy: string; billing: string }>(all: readonly T[]) =>
      all.filter((one) => one.policy === 'hourglass' && one.billing === 'clock');
    const small = withoutCode(renderReport({ ...report, rows: few(report.rows), details: few(report.details) }));
    expect(small).toContain('Hourglass, tuned to the bill');
    expect(small).not.toContain('name="reading-0"');
    expect(small).not.toContain('NaN');
    expect(small).not.toContain('Infinity');
  });

  it('says that other delays were not simulated', () => {
    const rows = report.rows.filter((row) => row.maxDelaySeconds === report.maxDelaySeconds);
    expect(renderReport({ ...report, rows })).toContain('Only one delay was simulated');
  });

  it('says that a Region’s alternatives are not priced', () => {
    expect(renderReport({ ...report, region: 'sa-east-1' })).toContain('no prices of alternatives for sa-east-1');
  });

  it('is refused if nothing was simulated', () => {
    const nothing: ReportData = { ...report, rows: [], details: [] };
    expect(() => renderReport(nothing)).toThrow(RangeError);
  });
});

describe('several traces', () => {
  const other = exampleReport({ trace: 'other.txt', pushes: burstyPushes(30, 5, 9) });
  const both = renderReport({
    ...report,
    rows: [...report.rows, ...other.rows],
    details: [...report.details, ...other.details],
  });

  it('stand side by side and each on its own', () => {
    expect(both).toContain('The traces side by side');
    expect(both.match(/<article class="trace"/g)).toHaveLength(2);
    expect(both).toContain('<h2 id="trace-1">other.txt</h2>');
  });
});
