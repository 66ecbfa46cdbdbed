/** A Chromium for the cost report: the one inside an npm package, or one that is installed, or the system's package. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { bringOnce } from './bring.ts';
import type { Found, Part } from './part.ts';
import { describeInstallation, installByApt } from './system-packages.ts';

const packages = { apt: ['chromium'], dnf: 'chromium', brew: '--cask google-chrome' };
const VARIABLE = 'HOURGLASS_TEST_BROWSER';
const SHIPPED = '@sparticuz/chromium';

export const browser: Part = {
  name: 'browser',
  title: 'a Chromium',
  purpose: 'the cost report as people see it',
  ways: [useShipped, useInstalled, useSystemPackage],
  command: () => describeInstallation(packages),
};

/** For a page's default: only what hangs should meet it, and a busy machine met Playwright's half a minute. */
export const PATIENCE_MS = 300_000;

/** The browser that was found, with a profile of its own for each launch and nothing that calls home. */
export async function launchBrowser(): Promise<Browser> {
  const found = process.env[VARIABLE];
  if (found === undefined) throw new Error('no browser was looked for: run the tests by `npx -y pnpm@12 test`');
  return await launch(JSON.parse(found));
}

async function launch({ executablePath, channel, env }: LaunchOptions): Promise<Browser> {
  return await chromium.launch({
    timeout: PATIENCE_MS,
    ...(executablePath && { executablePath }),
    ...(channel && { channel }),
    env: { ...process.env, ...env },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A container may give it 64 MB of shared memory.
      '--disable-dev-shm-usage',
    ],
  });
}

/** The npm package is made for AWS Lambda on x86: an archive of Chromium, of fonts, and of the libraries that a bare system lacks. */
async function useShipped(): Promise<Found> {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error(`${SHIPPED} is for Linux on x64`);
  const entry = createRequire(import.meta.url).resolve(SHIPPED);
  const { version } = createRequire(import.meta.url)(join(dirname(entry), '../package.json'));
  const folder = await bringOnce(`chromium-${version}-2`, async (aside) => {
    // It unpacks into TMPDIR, and its libraries only where it takes itself to be on Lambda.
    const env = { ...process.env, TMPDIR: aside, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
    const program = `await (await import(${JSON.stringify(pathToFileURL(entry).href)})).default.executablePath()`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
    // Its own settings look for its fonts where Lambda has them. A folder may be named from the settings' own; their cache may not, and
    // would lie in whatever folder the tests run in.
    const places = '<dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir>';
    const head = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">';
    await writeFile(join(aside, 'fonts/fonts.conf'), `${head}<fontconfig>${places}</fontconfig>\n`);
  });
  const [executablePath, FONTCONFIG_FILE] = [join(folder, 'chromium'), join(folder, 'fonts/fonts.conf')];
  const fonts = { FONTCONFIG_FILE, XDG_CACHE_HOME: join(folder, 'cache') };
  const from = `in the npm package ${SHIPPED}`;
  const libraries = [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  return await firstThatRuns([
    { from, executablePath, env: fonts },
    { from, executablePath, env: { ...fonts, LD_LIBRARY_PATH: libraries } },
  ]);
}

async function useInstalled(): Promise<Found> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];
  const paths = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  const apps = ['/Applications/Chromium.app/Contents/MacOS/Chromium'];
  const channels = ['chrome', 'msedge', 'chromium'].map((channel) => ({ from: 'installed', channel }));
  const files = [...paths, ...apps].map((executablePath) => ({ from: executablePath, executablePath }));
  return await firstThatRuns([...files, ...channels]);
}

async function useSystemPackage(): Promise<Found> {
  await installByApt(packages, 'the cost report is looked at in a real browser');
  return await useInstalled();
}

interface Candidate extends LaunchOptions {
  readonly from: string;
}

async function firstThatRuns(candidates: readonly Candidate[]): Promise<Found> {
  let reason = '';
  for (const { from, ...options } of candidates) {
    try {
      const what = `Chromium ${await tryOut(options)}, ${from}`;
      return { what, environment: { [VARIABLE]: JSON.stringify(options) } };
    } catch (error) {
      const said = String((error as Error).message);
      reason = /error while loading shared libraries.*/.exec(said)?.[0] ?? said.split('\n')[0] ?? '';
    }
  }
  throw new Error(reason);
}

/** Shows a text and measures it, which takes fonts. @returns the version */
async function tryOut(options: LaunchOptions): Promise<string> {
  const running = await launch(options);
  try {
    const page = await running.newPage();
    await page.setContent('<span>It shows text.</span>', { timeout: PATIENCE_MS });
    const width = await page.locator('span').evaluate((element) => element.getBoundingClientRect().width);
    if (width === 0) throw new Error('it shows no text: there is no font');
    return running.version();
  } finally {
    await running.close();
  }
}
