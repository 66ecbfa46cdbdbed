/** An hour of a real deployment on this machine, seen through the console: a push, the lease, a failure that is read and replayed, the teardown. */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addCommit, createEmptyRepository, createWorld, requestMirror, serveWorld, type World } from '@hourglass/cli';
import type { RunningConsole } from '@hourglass/console';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, PATIENCE_MS } from '../parts/browser.ts';
import { needs } from '../parts/needs.ts';

const MINUTE = 60_000;

let folder: string;
let world: World;
let running: RunningConsole;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hourglass-console-'));
  const source = await createEmptyRepository(folder, 'storefront');
  await addCommit(source, { branch: 'main', message: 'first', files: { 'a.txt': 'a\n' }, atSeconds: 1_700_000_000 });
  world = await createWorld({ sources: [source], startMs: Date.UTC(2026, 0, 5, 9) });
  running = await serveWorld(world, { port: 0, allowActions: true });
  browser = await launchBrowser();
  page = await browser.newPage({ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(running.address);
});

afterAll(async () => {
  await browser?.close();
  await running?.close();
  await world?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** Moves the world's clock until the page shows it; 240 steps at most. What waits on SQS waits in the world's time, too. */
async function until(shown: () => Promise<boolean>, stepMs = MINUTE): Promise<void> {
  for (let step = 0; step < 240 && !(await shown()); step += 1) {
    await world.cloud.driver.advanceBy(stepMs);
    await running.feed.refresh();
  }
  await expect.poll(shown).toBe(true);
}

const shows = (text: string) => async () => (await page.getByText(text).count()) > 0;

describe('an hour in the console', needs('browser'), () => {
  it('shows a push, the lease, a failure that is read and replayed, and the teardown', async () => {
    const [repository] = world.repositories;
    if (!repository) throw new Error('the world serves no repository');
    const { name, path, sourceUrl } = repository;
    await page.getByText('No endpoints, nothing to pay.').waitFor();

    await requestMirror(world, name, sourceUrl);
    await until(async () => (await page.locator('[data-part="work"]').getByText(name).count()) > 0);
    await until(shows('minutes left'));
    await until(async () => (await page.locator('[data-part="lately"] .result-succeeded').count()) === 1);

    await rename(path, `${path}-away`);
    await requestMirror(world, name, sourceUrl);
    await until(async () => (await page.locator('.count').count()) === 1);
    await page.getByRole('navigation').getByRole('link', { name: 'Failures' }).click();
    const resting = page.locator('[data-part="resting"] a.aside');
    await until(async () => (await resting.count()) === 1, 5_000);
    await resting.click();
    const reason = page.locator('[data-part="reason"]');
    await until(async () => (await reason.count()) === 1, 5_000);
    expect(await reason.textContent()).not.toBe('');
    await until(async () => (await page.getByRole('log').count()) === 1, 5_000);
    expect(await page.getByRole('log').textContent()).toContain('failed');

    await rename(`${path}-away`, path);
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await until(async () => (await resting.count()) === 0, 5_000);
    await page.getByRole('navigation').getByRole('link', { name: 'Overview' }).click();
    await until(async () => (await page.locator('[data-part="lately"] .result-succeeded').count()) === 2);
    await until(shows('No endpoints, nothing to pay.'));
    await page.getByRole('navigation').getByRole('link', { name: 'Repositories' }).click();
    await page.getByRole('link', { name }).first().waitFor();
  });
});
