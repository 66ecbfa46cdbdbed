/** The console over a deployment that a test moves, opened in a real browser. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type RunningConsole, startConsole } from '@hourglass/console';
import { createStage, entryOf, type Stage } from '@hourglass/console/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchBrowser, PATIENCE_MS } from '../parts/browser.ts';

export const MINUTE = 60_000;
export const iso = (ms: number) => new Date(ms).toISOString();
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

let browser: Browser;

/** For the tests of a file: a browser from before the first until after the last. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });
}

interface Opened extends AsyncDisposable {
  stage: Stage;
  running: RunningConsole;
  context: BrowserContext;
  page: Page;
  /** What the browser's console and uncaught errors said. */
  complaints: string[];
  /** Hosts that were asked. */
  hosts: Set<string>;
  goTo(path: string): Promise<void>;
}

interface Look {
  scheme?: 'light' | 'dark';
  width?: number;
  locale?: string;
  allowActions?: boolean;
  path?: string;
}

export async function open(given: Partial<Stage> = {}, look: Look = {}): Promise<Opened> {
  const { scheme = 'light', width = 1_280, locale = 'en-GB', allowActions = true, path = '/' } = look;
  const stage = createStage(given);
  const running = await startConsole({ source: stage, port: 0, allowActions, everyMs: 50 });
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: { width, height: 900 },
    locale,
    timezoneId: 'Asia/Tokyo',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const [complaints, hosts] = [[] as string[], new Set<string>()];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  const { origin, search } = new URL(running.address);
  const goTo = async (to: string) => void (await page.goto(`${origin}${to}`));
  await page.goto(`${origin}${path}${search}`);
  return {
    stage,
    running,
    context,
    page,
    complaints,
    hosts,
    goTo,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await running.close();
    },
  };
}

export const at = Date.UTC(2026, 10, 20, 10, 23);
export const waiting = (requestId: string, task: string) => ({
  task,
  carrier: 'fargate' as const,
  requestId,
  acceptedAt: iso(at - MINUTE),
  startBy: iso(at + 9 * MINUTE),
  notBefore: null,
  attempts: 0,
  lastError: null,
  held: false,
});
export const openLease = { phase: 'open' as const, fence: 7, paidUntil: iso(at + 23 * MINUTE), minutesLeft: 23 };
export const reason = 'the source refused the credentials (401)';
export const letter = {
  kind: 'failed' as const,
  requestId: 'request-000097',
  task: 'mirror:repository-97',
  attempts: 3,
  replays: 0,
  reason,
  sentAt: iso(at - 40 * MINUTE),
  messageId: 'm1',
};
export const life = {
  requestId: 'request-000097',
  task: 'mirror:repository-97',
  state: 'failed' as const,
  acceptedAt: iso(at - 50 * MINUTE),
  finishedAt: iso(at - 40 * MINUTE),
  reason,
  carrier: 'fargate' as const,
  door: 'hook' as const,
  delivery: '7f3c9f1e',
  source: 'https://git.example.com/repository-97.git',
  destination: null,
  joins: null,
  joinedState: null,
  replayedAs: null,
  startBy: null,
  steps: [
    {
      at: iso(at - 50 * MINUTE),
      what: 'accepted',
      code: 'accepted' as const,
      values: { door: 'hook' as const, delivery: 'd1' },
    },
  ],
  attempts: [],
  fence: 7,
  taskArn: null,
  logGroup: 'tasks',
  logStream: 'task/1',
  carried: null,
  shareUsd: null,
};
export const full: Partial<Stage> = {
  at,
  repositories: ['repository-1', 'repository-97', 'storefront'],
  history: [entryOf(97, at - 40 * MINUTE), entryOf(1, at - 90 * MINUTE)],
  letters: [
    letter,
    {
      ...letter,
      kind: 'refused',
      requestId: null,
      messageId: 'm2',
      reason: 'the repository x is not in the configuration',
    },
  ],
  lives: [life],
  logs: [{ at: iso(at - 41 * MINUTE), message: `failed: ${reason}` }],
  learning: {
    creation: { count: 6, median: 152, slow: 171 },
    cost: {
      since: iso(at - 9_000 * MINUTE),
      requests: 24,
      endpointHours: { learning: { anchored: 64, clock: 112 }, forgetting: { anchored: 120, clock: 120 } },
      savedUsd: { anchored: 0.784, clock: 0.112 },
    },
  },
  openings: [
    { fence: 6, openedAt: iso(at - 300 * MINUTE), closedAt: iso(at - 245 * MINUTE), failed: false, message: null },
  ],
  status: {
    ...openLease,
    pending: 1,
    running: 1,
    deadLetters: 1,
    refused: 1,
    waiting: [waiting('w1', 'mirror:storefront')],
    runs: [
      {
        ...waiting('r1', 'mirror:repository-1'),
        claimedAt: iso(at - MINUTE),
        stopBy: iso(at + 60 * MINUTE),
        taskArn: null,
        again: true,
      },
    ],
    next: { code: 'task-ends', what: 'one task ends', at: null },
    alarms: [{ name: 'failed-mirrors', since: null, reason: 'Threshold crossed' }],
  },
};
export const everyPath = [
  '/',
  '/timeline',
  '/timeline?span=month',
  '/repositories',
  '/repositories/storefront',
  '/requests',
  '/requests/request-000097',
  '/failures',
  '/failures/request-000097',
  '/doors',
  '/cost',
  '/requests/unheard-of',
];

/** Until nothing is awaited any more. */
export async function settle(page: Page): Promise<void> {
  await page.locator('.where').waitFor();
  await expect.poll(() => page.locator('.loading').count()).toBe(0);
}

interface Finding {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

async function findBarriers(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  const { violations } = await page.evaluate<{ violations: Finding[] }>(
    "axe.run(document, { resultTypes: ['violations'], preload: false })",
  );
  return violations.map(
    ({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`,
  );
}

/** In colours, width and language. */
const looks = [
  { scheme: 'light', width: 1_280, locale: 'en-GB' },
  { scheme: 'dark', width: 360, locale: 'ja-JP' },
] as const;

/** Pages without a barrier that axe knows, none wider than the screen, none that complains. @param picks which of the looks a page is seen in, by its place */
export async function expectNoBarriers(picks: (place: number, look: number) => boolean): Promise<void> {
  for (const [index, look] of looks.entries()) {
    await using opened = await open(full, look);
    for (const path of everyPath.filter((_, place) => picks(place, index))) {
      await opened.goTo(path);
      await settle(opened.page);
      expect(await findBarriers(opened.page), `${path} ${look.locale}`).toEqual([]);
      const over = await opened.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(over, `${path} at ${look.width} px is too wide`).toBeLessThanOrEqual(0);
    }
    expect(opened.complaints).toEqual([]);
  }
}
