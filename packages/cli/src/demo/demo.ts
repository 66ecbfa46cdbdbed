/**
 * `hourglass demo`: a push is requested, the lease opens, a task really mirrors; a second push shares the open hour; the hour ends and
 * everything is torn down; a third push opens the next. With the direct carrier there is nothing to open, to pay by the hour or to delete. Time jumps from one due moment to the next while no task runs.
 */
import type { RunningConsole } from '@hourglass/console';
import { HOUR_MS, MINUTE_MS } from '@hourglass/lease';
import { addCommit } from '../git/index.ts';
import type { Carrier } from '../world/carrier.ts';
import { requestMirror } from '../world/send-request.ts';
import type { Repository } from '../world/site.ts';
import { clockTime, describeTrace } from '../world/timeline.ts';
import { createWorld, type World } from '../world/world.ts';
import { type Advance, advanceAt } from './pace.ts';
import { openConsole, whileLookedAt } from './show.ts';
import { formatSummary, isGood, type Summary, summarize } from './summary.ts';
import { createWatch, type Watched } from './watch.ts';

export interface DemoOptions {
  /** Paths or URLs; none: the repository of the working directory. */
  sources: string[];
  carrier: Carrier;
  json: boolean;
  /** Whether a page shows it. */
  console: boolean;
  allowActions: boolean;
  /** Virtual seconds that a real second takes; undefined: as fast as can be. */
  pace: number | undefined;
}

/** @returns the exit status: 0 only if every mirror's refs are equal and the lease is closed. */
export async function runDemo({
  sources,
  carrier,
  json,
  console: shown,
  allowActions,
  pace,
}: DemoOptions): Promise<number> {
  const say = (text: string) => void (json ? process.stderr : process.stdout).write(`${text}\n`);
  // On the hour, so that the story is the same at any time: late in a clock hour a push waits for the next.
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  say('Synthesizing the templates and deploying them into a simulated AWS …');
  const world = await createWorld({ sources: sources.length > 0 ? sources : [standingIn()], startMs, carrier });
  let page: RunningConsole | undefined;
  try {
    if (shown) page = await openConsole(world, allowActions, say);
    const { watched, watch } = createWatch();
    world.cloud.onTrace((trace) => {
      watch(trace);
      const line = describeTrace(trace);
      if (line) say(`${clockTime(trace.atMs)}  ${line.who.padEnd(14)}  ${line.what}`);
    });
    await (carrier === 'direct' ? playDirect : play)(world, advanceAt(world.cloud.driver, pace), watched, say);
    const summary: Summary = await summarize(world, watched, startMs, carrier);
    const { kind, reason } = await world.cloud.parts.dynamodb.engine();
    say(
      formatSummary(
        summary,
        `DynamoDB: ${kind === 'local' ? 'DynamoDB Local' : `in memory (${reason ?? 'asked for'})`}`,
      ),
    );
    if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
    if (page) await whileLookedAt(page, say);
    return isGood(summary) ? 0 : 1;
  } finally {
    await page?.close();
    await world.close();
  }
}

/** Where the user stands: pnpm runs a script in its own package. */
export function standingIn(): string {
  return process.env.INIT_CWD ?? process.cwd();
}

async function play(world: World, advance: Advance, watched: Watched, say: (text: string) => void): Promise<void> {
  const until = (condition: () => boolean) => advanceUntil(world, advance, condition);
  const [first] = world.repositories as [Repository, ...Repository[]];
  say('\nA push on premises: every repository is to be mirrored.');
  for (const { name, sourceUrl } of world.repositories) await requestMirror(world, name, sourceUrl);
  await until(() => watched.mirrored + watched.failed >= world.repositories.length);

  say('\nA second push, while the endpoints are open and paid for.');
  await push(world, first, 'a second push');
  await until(() => watched.mirrored + watched.failed > world.repositories.length);

  say('\nNothing more comes: the paid hour runs to its end.');
  await until(() => watched.leasesEnded >= 1);
  await advance(HOUR_MS);

  say(`\nA third push, long after the teardown.${explainWait(world.cloud.clock.nowMs())}`);
  await push(world, first, 'a third push');
  await until(() => watched.mirrored + watched.failed > world.repositories.length + 1);
  await until(() => watched.leasesEnded >= 2);
  await advance(MINUTE_MS);
}

/** Each push is mirrored when it comes, and nothing is open before or after. */
async function playDirect(
  world: World,
  advance: Advance,
  watched: Watched,
  say: (text: string) => void,
): Promise<void> {
  const until = (condition: () => boolean) => advanceUntil(world, advance, condition);
  const [first] = world.repositories as [Repository, ...Repository[]];
  say('\nA push on premises: every repository is to be mirrored.');
  for (const { name, sourceUrl } of world.repositories) await requestMirror(world, name, sourceUrl);
  await until(() => watched.mirrored + watched.failed >= world.repositories.length);

  say('\nA second push, of one commit.');
  await push(world, first, 'a second push');
  await until(() => watched.mirrored + watched.failed > world.repositories.length);

  await advance(HOUR_MS);
  say('\nA third push, an hour later.');
  await push(world, first, 'a third push');
  await until(() => watched.mirrored + watched.failed > world.repositories.length + 1);
  await advance(MINUTE_MS);
}

/** The default of `maxDelaySeconds`. */
const MAX_DELAY_MINUTES = 10;

/** Why a push shortly before the full hour is not mirrored at once. */
function explainWait(nowMs: number): string {
  const fullHourMs = Math.ceil(nowMs / HOUR_MS) * HOUR_MS;
  if (fullHourMs - nowMs > MAX_DELAY_MINUTES * MINUTE_MS) return '';
  return `
It waits until ${clockTime(fullHourMs)}: if the bill goes by the clock, endpoints that are made now are paid for two hours, and a
push may wait ${MAX_DELAY_MINUTES} minutes where that saves an hour (maxDelaySeconds).`;
}

async function push(world: World, { name, path, sourceUrl }: Repository, message: string): Promise<void> {
  await addCommit(path, {
    branch: 'hourglass-demo',
    message,
    files: { 'hourglass-demo.txt': `${message}\n` },
    atSeconds: Math.floor(world.cloud.clock.nowMs() / 1_000),
  });
  await requestMirror(world, name, sourceUrl);
}

/** Virtual time that a step of the story may take before something is wrong: four paid hours. */
const STEP_LIMIT_MS = 4 * HOUR_MS;

async function advanceUntil(world: World, advance: Advance, condition: () => boolean): Promise<void> {
  const { cloud } = world;
  for (const endMs = cloud.clock.nowMs() + STEP_LIMIT_MS; !condition() && cloud.clock.nowMs() < endMs; ) {
    await advance(5_000);
  }
}
