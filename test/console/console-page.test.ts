/** The console as a person sees it: in a real browser, over a deployment that the test moves. */
import { entryOf } from '@hourglass/console/testing';
import { describe, expect, it } from 'vitest';
import { needs } from '../parts/needs.ts';
import {
  at,
  expectNoBarriers,
  full,
  iso,
  life,
  MINUTE,
  open,
  openLease,
  reason,
  settle,
  useBrowser,
  waiting,
} from './open-console.ts';

describe('the console in a browser', needs('browser'), () => {
  useBrowser();

  it('shows how it stands and follows what happens, by itself', async () => {
    await using opened = await open({ at, repositories: ['storefront'] });
    const { page, stage, complaints, hosts } = opened;
    await page.getByText('No endpoints, nothing to pay.').waitFor();
    await page.getByText('Nothing waits and nothing runs.').waitFor();

    stage.status = {
      phase: 'opening',
      fence: 1,
      pending: 1,
      waiting: [waiting('w1', 'mirror:storefront')],
      next: { code: 'stack-answers', what: '', at: iso(at + 3 * MINUTE) },
    };
    await page.locator('[data-part="work"]').getByText('storefront').waitFor();
    await page.getByText('starts by 19:32').waitFor();
    await page.getByText('about 19:26, in 3 min').waitFor();

    stage.status = {
      ...openLease,
      fence: 1,
      running: 1,
      runs: [
        { ...waiting('w1', 'mirror:storefront'), claimedAt: iso(at), stopBy: iso(at), taskArn: null, again: false },
      ],
    };
    await page.getByText('23 minutes left').waitFor();
    await page.getByRole('img', { name: 'Hourglass: 23 minutes left of the paid hour' }).waitFor();

    stage.status = { ...openLease, fence: 1 };
    stage.history = [entryOf(1, at + 1_000, { task: 'mirror:storefront' })];
    await page.locator('[data-part="lately"]').getByText('succeeded').waitFor();
    stage.at += 20 * MINUTE;
    await page.getByText('3 minutes left').waitFor();
    stage.status = { fence: 1 };
    await page.getByText('No endpoints, nothing to pay.').waitFor();
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(page.url()).host]);
  });

  it('lets a failure be read and replayed with the keyboard alone', async () => {
    await using opened = await open(full);
    const { page, stage } = opened;
    await settle(page);
    const reach = async (name: string) => {
      for (let presses = 0; presses < 80; presses += 1) {
        const focused = await page.evaluate<string>("document.activeElement?.textContent?.trim() ?? ''");
        if (focused.startsWith(name)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} is not reached by Tab`);
    };
    await reach('Failures');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Failures' }).waitFor();
    expect(await page.evaluate('document.activeElement?.tagName')).toBe('H1');
    await reach('40 min. ago');
    await page.keyboard.press('Enter');
    await page.locator('[data-part="reason"]').getByText(reason).waitFor();
    await page.getByRole('log').getByText(`failed: ${reason}`).waitFor();
    expect(new URL(page.url()).pathname).toBe('/failures/request-000097');
    await reach('Replay');
    await page.keyboard.press('Enter');
    await page.getByText('Sent back to the door.').waitFor();
    expect(stage.acted).toEqual(['replay mirror:repository-97']);
  });

  it('has no barrier that axe knows, in either colours, language or width', async () => {
    // `barriers.proof.test.ts` has every page in both looks.
    await expectNoBarriers((place, look) => place % 2 === look);
  });

  it('says all in the browser’s language, and in the one that is chosen', async () => {
    await using opened = await open(full, { locale: 'ja-JP' });
    const { page } = opened;
    await page.getByText('残り 23 分').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    await page.getByLabel('言語').selectOption('en');
    await page.getByText('23 minutes left').waitFor();
    await page.reload();
    await page.getByText('23 minutes left').waitFor();
  });

  it('shows a name that is HTML as a name', async () => {
    const name = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`;
    const task = `mirror:${name}`;
    await using opened = await open({
      ...full,
      repositories: [name],
      history: [entryOf(1, at - MINUTE, { task, result: 'failed', reason: name })],
      status: { pending: 1, waiting: [waiting('w1', task)] },
    });
    const { page } = opened;
    await page.locator('[data-part="work"]').getByText(name).waitFor();
    for (const path of [
      '/repositories',
      `/repositories/${encodeURIComponent(name)}`,
      '/requests',
      '/failures',
      '/timeline',
    ]) {
      await opened.goTo(path);
      await settle(page);
      expect(await page.locator('main img, main script').count()).toBe(0);
      expect(await page.title()).not.toBe('taken');
    }
    expect(opened.complaints).toEqual([]);
  });

  it('keeps its state in the address, and goes back', async () => {
    const repositories = Array.from({ length: 500 }, (_, n) => `repository-${n}`);
    await using opened = await open({ at, repositories }, { path: '/repositories' });
    const { page } = opened;
    await page.getByText('500 repositories').waitFor();
    await page.getByPlaceholder('Part of a name').fill('repository-49');
    await page.getByText('11 repositories').waitFor();
    await page.getByLabel('Order').selectOption('name');
    expect(new URL(page.url()).search).toBe('?q=repository-49&order=name');
    await page.getByRole('link', { name: 'repository-493' }).click();
    await page.getByRole('heading', { level: 1, name: 'repository-493' }).waitFor();
    await page.goBack();
    await page.getByText('11 repositories').waitFor();
    expect(await page.getByPlaceholder('Part of a name').inputValue()).toBe('repository-49');
    await page.reload();
    await page.getByText('11 repositories').waitFor();
  });

  it('finds repositories and requests in one box', async () => {
    await using opened = await open(full);
    const { page } = opened;
    await settle(page);
    await page.keyboard.press('/');
    await page.keyboard.type('000097');
    await page.locator('.found').getByText('request-000097').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'request-000097' }).waitFor();
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByText('Nothing found for “nowhere”.').waitFor();
  });

  it('is right again after a tab has slept, and says so while its server is gone', async () => {
    await using opened = await open(full);
    const { page, stage, context } = opened;
    await page.getByText('23 minutes left').waitFor();
    const browserSide = await context.newCDPSession(page);
    await browserSide.send('Page.setWebLifecycleState', { state: 'frozen' });
    stage.at += 10 * MINUTE;
    stage.history = [entryOf(500, stage.at, { task: 'mirror:while-asleep' }), ...stage.history];
    await expect.poll(() => opened.running.feed.status?.now).toBe(iso(stage.at));
    await browserSide.send('Page.setWebLifecycleState', { state: 'active' });
    await page.getByText('13 minutes left').waitFor();
    await page.locator('[data-part="lately"]').getByText('while-asleep').waitFor();

    await context.route('**/events*', (route) => route.abort());
    opened.running.cutConnections();
    await page.getByText('The console’s server does not answer').waitFor();
    stage.at += 3 * MINUTE;
    await context.unroute('**/events*');
    await page.getByText('10 minutes left').waitFor();
    await expect.poll(() => page.getByText('The console’s server does not answer').count()).toBe(0);
  });

  it('shows the same in two tabs, with one reading for both', async () => {
    await using opened = await open(full);
    const { page, stage, context } = opened;
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByText('23 minutes left').waitFor();
    stage.at += 2 * MINUTE;
    for (const tab of [page, other]) await tab.getByText('21 minutes left').waitFor();
    expect(opened.running.feed.held.listeners).toBe(2);
    await other.close();
    await expect.poll(() => opened.running.feed.held.listeners).toBe(1);
  });

  it('says why the deployment cannot be read, and keeps what it showed before', async () => {
    await using opened = await open(full);
    const { page, stage } = opened;
    await page.getByText('23 minutes left').waitFor();
    stage.broken = Object.assign(new Error('The security token has expired'), { name: 'ExpiredTokenException' });
    await page.getByText('The deployment cannot be read now').waitFor();
    await page.getByText('The security token has expired').waitFor();
    expect(await page.getByText('23 minutes left').count()).toBe(1);
    stage.broken = undefined;
    await expect.poll(() => page.getByText('The deployment cannot be read now').count()).toBe(0);
  });

  it('only looks unless it may act, and says how it may', async () => {
    await using opened = await open(full, { allowActions: false, path: '/failures/request-000097' });
    const { page } = opened;
    await settle(page);
    expect(await page.getByRole('button', { name: /Replay|Put away|Pause/ }).count()).toBe(0);
    expect(await page.getByText('Looking only').getAttribute('title')).toContain('--allow-actions');
  });

  it('asks a browser without session to open the address anew', async () => {
    await using opened = await open(full);
    const { page, context } = opened;
    await settle(page);
    await context.clearCookies();
    await page.getByRole('link', { name: 'Doors' }).click();
    await page.getByText('This browser’s session has ended').waitFor();
  });

  it('shows steps and reasons of ours in Japanese, and leaves what others have said', async () => {
    const why = 'The task ended with exit code 1: the source forbids this (403): go away';
    const failed = { ...life, reason: why, requestId: 'request-ja' };
    await using opened = await open({ ...full, lives: [failed] }, { path: '/requests/request-ja', locale: 'ja-JP' });
    const { page } = opened;
    await page
      .getByText('タスクが終了コード 1 で終わりました: ミラー元がアクセスを禁じています(403): go away')
      .waitFor();
    await page.getByText(/^受付\(.+\) \(配信 d1\)$/).waitFor();
  });

  it('shows what was learned, and what that has saved by both readings of the bill', async () => {
    await using opened = await open(full, { path: '/cost' });
    const { page } = opened;
    const compared = page.locator('[data-part="compared"]');
    await compared.waitFor();
    expect(await compared.textContent()).toMatch(/64 \/ 112 endpoint-hours.*120 \/ 120.*\$0\.784 \/ \$0\.112/);
    const estimates = await page.locator('[data-part="estimates"]').textContent();
    expect(estimates).toMatch(/2 min(s?) 32 sec from 6 openings/i);
    expect(estimates).toMatch(/3 min(s?) 7 sec instead of 7 min/i);
  });

  it('weighs no more than 300 kB', async () => {
    await using opened = await open(full);
    const { page } = opened;
    await settle(page);
    const sizes = await page.evaluate(async () => {
      const urls = ['/', '/page.js', '/page.css', '/icon.svg'];
      return await Promise.all(urls.map(async (url) => (await (await fetch(url)).arrayBuffer()).byteLength));
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
  });
});
