/** The report as people see it: in a real browser, from a file, in both colour schemes, on paper and on a narrow screen. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, PATIENCE_MS } from '../parts/browser.ts';
import { needs } from '../parts/needs.ts';
import { renderYear } from './year-report.ts';

const charts = ['costs', 'timeline', 'waits', 'delays', 'alternatives'];

let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), 'hourglass-report-'));
  await writeFile(join(folder, 'team.html'), renderYear({ perDay: 6 }).page);
});

afterAll(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

interface OpenPage extends AsyncDisposable {
  page: Page;
  /** What the console and uncaught errors said. */
  complaints: string[];
  /** What was asked for beside the page itself. */
  requests: string[];
}

async function open(
  options: { scheme?: 'light' | 'dark'; width?: number; scripts?: boolean; file?: string } = {},
): Promise<OpenPage> {
  const { scheme = 'light', width = 1200, scripts = true, file = 'team.html' } = options;
  const page = await browser.newPage({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    javaScriptEnabled: scripts,
  });
  page.setDefaultTimeout(PATIENCE_MS);
  const address = pathToFileURL(join(folder, file)).href;
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== address) requests.push(request.url());
  });
  await page.goto(address);
  return { page, complaints, requests, [Symbol.asyncDispose]: () => page.close() };
}

/** How many shapes a chart has drawn. */
async function countShapes(page: Page, chart: string): Promise<number> {
  return await page.locator(`[data-chart="${chart}"] svg path`).count();
}

/** Runs a script of `in-page/`; what it ends with is the answer. */
async function runInPage<T>(page: Page, name: string): Promise<T> {
  return await page.evaluate<T>(await readFile(new URL(`in-page/${name}.js`, import.meta.url), 'utf8'));
}

/** The days that the timeline shows, as the page says them. */
async function shownDays(page: Page): Promise<number> {
  const said = (await page.locator('[data-part="shown"]').textContent()) ?? '';
  const [from, to] = said.replace(' UTC', '').split(' to ');
  return (Date.parse(`${to} UTC`) - Date.parse(`${from} UTC`)) / 86_400_000;
}

async function whenShown(page: Page, holds: (days: number) => boolean): Promise<number> {
  await expect.poll(async () => holds(await shownDays(page))).toBe(true);
  return await shownDays(page);
}

describe('the page in a browser', needs('browser'), () => {
  it('says nothing in the console, asks for nothing, and draws every chart', async () => {
    await using opened = await open();
    for (const chart of charts) expect(await countShapes(opened.page, chart), chart).toBeGreaterThan(5);
    for (const label of ['Always on', 'Best possible']) {
      expect(await opened.page.locator('[data-chart="costs"] svg').textContent()).toContain(label);
    }
    expect(opened.complaints).toEqual([]);
    expect(opened.requests).toEqual([]);
  });

  it('could not ask for anything if it wanted to', async () => {
    await using opened = await open();
    const outcome = await opened.page.evaluate(() =>
      fetch('http://127.0.0.1:9/').then(
        () => 'answered',
        () => 'refused',
      ),
    );
    expect(outcome).toBe('refused');
    expect(opened.complaints.join(' ')).toContain('Content Security Policy');
  });

  it('runs no script that a trace brings in its name', async () => {
    const trace = `</script><script>document.title = 'taken'</script><b onclick="x">`;
    await writeFile(join(folder, 'named.html'), renderYear({ perDay: 1, trace }).page);
    await using opened = await open({ file: 'named.html' });
    expect(await opened.page.title()).toBe('Hourglass: what it would cost');
    expect(await opened.page.locator('h2').first().textContent()).toContain(trace);
    expect(opened.complaints).toEqual([]);
  });

  it('shows a figure where the pointer is, in every chart', async () => {
    await using opened = await open();
    for (const chart of charts) {
      await opened.page.locator(`[data-chart="${chart}"]`).hover();
    }
    expect(opened.complaints).toEqual([]);
  });

  it('says it all in tables where scripts do not run', async () => {
    await using opened = await open({ scripts: false });
    expect(await opened.page.locator('[data-chart="costs"]').isVisible()).toBe(false);
    await opened.page.locator('summary').first().click();
    expect(await opened.page.locator('table:visible').first().textContent()).toContain('Always on');
  });
});

describe('the timeline', needs('browser'), () => {
  it('zooms by its buttons and by the keyboard, and back', async () => {
    await using opened = await open();
    const { page } = opened;
    expect(await shownDays(page)).toBeGreaterThan(360);
    await page.getByRole('button', { name: 'A week' }).click();
    expect(await whenShown(page, (days) => days < 8)).toBeCloseTo(7, 0);
    await page.locator('[data-chart="timeline"]').press('+');
    await whenShown(page, (days) => days < 4);
    await page.locator('[data-chart="timeline"]').press('Home');
    await whenShown(page, (days) => days > 360);
    expect(opened.complaints).toEqual([]);
  });

  it('zooms by Ctrl and the wheel, while the wheel alone scrolls the page', async () => {
    await using opened = await open();
    const { page } = opened;
    const chart = page.locator('[data-chart="timeline"]');
    await chart.scrollIntoViewIfNeeded();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the timeline has no box');
    await page.mouse.move(box.x + box.width / 2, box.y + 60);
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    const days = await whenShown(page, (shown) => shown < 355);
    const scrolled = () => page.evaluate<number>('scrollY');
    const before = await scrolled();
    await page.mouse.wheel(0, 200);
    await expect.poll(scrolled).toBeGreaterThan(before);
    expect(await shownDays(page)).toBe(days);
  });

  it('moves by dragging, and says what the pointer is on', async () => {
    await using opened = await open();
    const { page } = opened;
    const chart = page.locator('[data-chart="timeline"]');
    await page.getByRole('button', { name: 'A month' }).click();
    await whenShown(page, (days) => days < 31);
    const before = await page.locator('[data-part="shown"]').textContent();
    const box = await chart.boundingBox();
    if (!box) throw new Error('the timeline has no box');
    await page.mouse.move(box.x + 600, box.y + 60);
    await expect.poll(() => chart.textContent()).toMatch(/UTC\s*Opened for each task: /);
    await page.mouse.down();
    await page.mouse.move(box.x + 450, box.y + 60, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => page.locator('[data-part="shown"]').textContent()).not.toBe(before);
    expect(opened.complaints).toEqual([]);
  });

  it('shows single leases when it is near enough: more shapes of a lane than one', async () => {
    await using opened = await open();
    const { page } = opened;
    await page.getByRole('button', { name: 'A day' }).click();
    await whenShown(page, (days) => days < 1.5);
    const lanes = await page.locator('[data-chart="timeline"] svg').textContent();
    expect(lanes).toContain('Hourglass, as deployed');
    expect(lanes).toMatch(/\d{2}:00/);
  });

  it('draws what the other reading of the bill makes of it', async () => {
    await using opened = await open();
    const { page } = opened;
    const before = await page.locator('[data-chart="timeline"] svg').innerHTML();
    await page.getByRole('radio', { name: 'Clock hour' }).check();
    expect(await page.locator('[data-part="reading"]').first().textContent()).toContain('Clock hour');
    expect(await page.locator('[data-chart="timeline"] svg').innerHTML()).not.toBe(before);
  });

  it('redraws a year of 9,000 pushes without a pause that a reader takes for a hang', async () => {
    await writeFile(join(folder, 'busy.html'), renderYear({ perDay: 24 }).page);
    await using opened = await open({ file: 'busy.html' });
    const leastMs = await runInPage<number>(opened.page, 'time-zooming');
    // Of the wall clock, beside whatever else the machine does.
    expect(leastMs).toBeLessThan(2_000);
    expect(opened.complaints).toEqual([]);
  });

  it('leaves out “Always on” when asked to', async () => {
    await using opened = await open();
    await opened.page.getByRole('checkbox').check();
    expect(await opened.page.locator('[data-chart="costs"] svg').textContent()).not.toContain('Always on');
  });
});

describe('colours and sizes', needs('browser'), () => {
  const colours = async (page: Page) => ({
    ground: await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'),
    chart: await page.locator('[data-chart="costs"] svg').innerHTML(),
  });

  it('follow the scheme, also while the page is open', async () => {
    await using opened = await open({ scheme: 'light' });
    const light = await colours(opened.page);
    await opened.page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await colours(opened.page)).chart).not.toBe(light.chart);
    expect((await colours(opened.page)).ground).not.toBe(light.ground);
    expect(opened.complaints).toEqual([]);
  });

  it('are those of paper in print, with every table open', async () => {
    await using opened = await open({ scheme: 'dark' });
    await opened.page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect((await colours(opened.page)).ground).toBe('rgb(255, 255, 255)');
    expect((await opened.page.pdf({ format: 'A4' })).byteLength).toBeGreaterThan(20_000);
  });

  it.each(['light', 'dark'] as const)('have enough contrast for all text in the %s scheme', async (scheme) => {
    await using opened = await open({ scheme });
    const poor = await runInPage<string[]>(opened.page, 'find-poor-contrast');
    expect(poor).toEqual([]);
  });

  it('fit a narrow screen: nothing sticks out at the side', async () => {
    await using opened = await open({ width: 360 });
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    for (const chart of charts) expect(await countShapes(opened.page, chart), chart).toBeGreaterThan(5);
  });
});

it("leaves the browser's cache of fonts out of the folder that the tests run in", async () => {
  await using opened = await open();
  expect(await opened.page.title()).not.toBe('');
  expect(existsSync('cache')).toBe(false);
});
