/** The console beside the demo: it is there before the story begins, and stays as long as somebody looks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningConsole } from '@hourglass/console';
import { untilStopped } from '../until-stopped.ts';
import type { World } from '../world/world.ts';

/** For a person to open the address before the story begins. */
const OPENING_MS = 10_000;
const LOOK_EVERY_MS = 200;
/** A page that is loaded anew is away for a moment. */
const AWAY_MS = 3_000;

export async function openConsole(
  world: World,
  allowActions: boolean,
  say: (text: string) => void,
): Promise<RunningConsole> {
  const { serveWorld } = await import('../console/serve-world.ts');
  const page = await serveWorld(world, { port: 0, allowActions });
  say(`\nSee it in the browser: ${page.address}\n`);
  for (let waited = 0; page.feed.held.listeners === 0 && waited < OPENING_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS);
  }
  return page;
}

/** Until the page is closed, or Ctrl-C; at once where nobody has it open. */
export async function whileLookedAt({ feed }: RunningConsole, say: (text: string) => void): Promise<void> {
  if (feed.held.listeners === 0) return;
  say('The console stays until its page is closed, or Ctrl-C.');
  const stopped = untilStopped().then(() => true);
  for (let away = 0; away < AWAY_MS; away = feed.held.listeners > 0 ? 0 : away + LOOK_EVERY_MS) {
    if (await Promise.race([stopped, sleep(LOOK_EVERY_MS, false)])) return;
  }
}
