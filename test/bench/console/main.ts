/**
 * `pnpm bench:console`: the console with 50 repositories and entries of history, and with 5,000 and 50,000, in a real Chromium. Status 1 if the page is
 * usable later than after 1 s, weighs more than 300 kB, takes longer than 50 ms for a frame, or if the server grows over 10,000 events.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startConsole } from '@hourglass/console';
import { createStage, entryOf } from '@hourglass/console/testing';
import type { Browser, Page } from 'playwright-core';
import { createCommand } from '../../command.ts';
import { launchBrowser, browser as part } from '../../parts/browser.ts';

createCommand('bench:console', 'Measure the console in a real Chromium, with a little and with very much to show.')
  .addHelpText('after', '\nExit status: 0 within every limit, 1 over one, 2 bad usage.')
  .parse();

const limits = { usableMs: 1_000, bytes: 300_000, frameMs: 50, grownMegabytes: 10 };
const sizes = [
  { repositories: 50, entries: 50 },
  { repositories: 5_000, entries: 50_000 },
];
const DAY_MS = 86_400_000;

interface Measured {
  usableMs: number;
  bytes: number;
  /** Processor time of the page's thread for its slowest step, in two lists and the timeline. */
  frameMs: number;
  /** The same of each. */
  frames: number[];
}

async function measure(browser: Browser, { repositories, entries }: (typeof sizes)[number]): Promise<Measured> {
  const at = Date.UTC(2026, 10, 20, 10);
  const stage = createStage({
    at,
    repositories: Array.from({ length: repositories }, (_, n) => `repository-${n}`),
    history: Array.from({ length: entries }, (_, n) =>
      entryOf(entries - n, at - Math.floor((n * 30 * DAY_MS) / entries), {
        task: `mirror:repository-${n % repositories}`,
      }),
    ),
  });
  const running = await startConsole({ source: stage, port: 0, allowActions: true, everyMs: 500 });
  const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  try {
    let bytes = 0;
    let isFirst = true;
    page.on('response', async (response) => {
      if (isFirst && !/\/(events|api)\b/.test(response.url()))
        bytes += (await response.body().catch(() => Buffer.alloc(0))).length;
    });
    const began = performance.now();
    await page.goto(running.address);
    await page.locator('.tile-value').first().waitFor();
    const usableMs = performance.now() - began;
    isFirst = false;
    const { origin } = new URL(running.address);
    const frames: number[] = [];
    const leastWorst = async (path: string, shown: string, steps: readonly string[]) => {
      const worst: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        await page.goto(`${origin}${path}`);
        await page.locator(shown).first().waitFor();
        worst.push(await worstStep(page, steps));
      }
      frames.push(Math.min(...worst));
    };
    for (const path of ['/repositories', '/requests']) await leastWorst(path, '.rows-all .row', scrolling);
    const spans = ['week', 'month', 'day', 'month'].map((span) => going(`/timeline?span=${span}`));
    await leastWorst('/timeline?span=month', '.chart svg', spans);
    return { usableMs, bytes, frameMs: Math.max(...frames), frames };
  } finally {
    await page.close();
    await running.close();
  }
}

/** What the page's thread works, at most, for one step of `steps`: its processor time, so that a busy machine is not blamed on the page. */
async function worstStep(page: Page, steps: readonly string[]): Promise<number> {
  const inside = await page.context().newCDPSession(page);
  await inside.send('Performance.enable', { timeDomain: 'threadTicks' });
  const worked = async () => {
    const { metrics } = await inside.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  let worst = 0;
  for (const step of steps) {
    const before = await worked();
    await page.evaluate(step);
    // The rows that this step asked for have come, and are drawn.
    await page.waitForTimeout(STEP_MS);
    worst = Math.max(worst, (await worked()) - before);
  }
  await inside.detach();
  return worst;
}

const STEP_MS = 60;
/** The page is loaded anew for each; the round in which the browser did least beside counts. */
const ROUNDS = 3;

/** A list from its beginning to its end. */
const scrolling = Array.from(
  { length: 50 },
  (_, step) =>
    `(() => { const box = document.querySelector('.rows-box'); box.scrollTop = box.scrollHeight * ${step / 49}; })()`,
);

/** From one address to another, as by the back button. */
const going = (path: string) => `history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`;

/** Megabytes that the server holds more after 10,000 events than after the first 1,000. */
async function measureMemory(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const stage = createStage();
  const running = await startConsole({ source: stage, port: 0, allowActions: false, everyMs: 3_600_000 });
  let before = 0;
  for (let n = 1; n <= 10_000; n += 1) {
    stage.at += 10_000;
    stage.history = [entryOf(n, stage.at)];
    await running.feed.refresh();
    if (n === 1_000) {
      collect();
      before = process.memoryUsage().heapUsed;
    }
  }
  collect();
  const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
  await running.close();
  return grown;
}

async function findBrowser(): Promise<void> {
  for (const way of part.ways) {
    try {
      Object.assign(process.env, (await way()).environment);
      return;
    } catch {
      // The next way.
    }
  }
  throw new Error(`no Chromium was found: ${await part.command()}`);
}

await findBrowser();
const browser = await launchBrowser();
// The first page of a browser starts what all others use.
await (await browser.newPage()).close();
const measured: Measured[] = [];
for (const size of sizes) {
  const one = await measure(browser, size);
  measured.push(one);
  process.stdout.write(
    `${size.repositories} repositories, ${size.entries} entries: usable after ${one.usableMs.toFixed(0)} ms, ${(one.bytes / 1_000).toFixed(0)} kB, slowest frame ${one.frameMs.toFixed(1)} ms (repositories, requests, timeline: ${one.frames.map((ms) => ms.toFixed(1)).join(', ')})\n`,
  );
}
await browser.close();
const [small, large] = measured as [Measured, Measured];
const grown = await measureMemory();
process.stdout.write(
  `ratio of the large to the small: usable ${(large.usableMs / small.usableMs).toFixed(2)}, frame ${(large.frameMs / Math.max(1, small.frameMs)).toFixed(2)}\n` +
    `the server holds ${grown.toFixed(1)} MB more after 10,000 events than after 1,000\n`,
);
const bad = measured.some(
  ({ usableMs, bytes, frameMs }) => usableMs > limits.usableMs || bytes > limits.bytes || frameMs > limits.frameMs,
);
if (bad || grown > limits.grownMegabytes) process.exitCode = 1;
