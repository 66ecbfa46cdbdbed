/** When requests come, and for what. Drawn once from the seed, so that leaving some out moves no other. */
import { createRandom } from './random.ts';

export interface Arrival {
  atMs: number;
  taskKey: string;
  maxDelaySeconds: number | undefined;
  /** The client sends the same request again at once, not knowing that it has arrived. */
  times: number;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Light traffic: half of all seeds have a request every two days; a quarter has one every three days and now and then a burst of up to eight in some
 * minutes, over four repositories; a quarter has about one a day for one repository, often while it is being mirrored.
 */
export function drawArrivals(seed: number, startMs: number, days: number): Arrival[] {
  const random = createRandom(seed, 'arrivals');
  const profile = random.pick(['even', 'even', 'bursts', 'close'] as const);
  const everyMs = { even: 2, bursts: 3, close: 2 }[profile] * DAY_MS;
  const keys =
    profile === 'close' ? ['mirror:app'] : ['mirror:app', 'mirror:web', 'mirror:docs', 'command:git-version'];
  const arrivals: Arrival[] = [];
  const add = (atMs: number) => {
    arrivals.push({
      atMs: Math.round(atMs),
      taskKey: random.pick(keys),
      maxDelaySeconds: random.chance(0.3) ? random.between(0, 48) * 300 : undefined,
      times: random.chance(0.1) ? 2 : 1,
    });
  };
  const untilMs = startMs + days * DAY_MS;
  for (let atMs = startMs - Math.log(1 - random.next()) * everyMs; atMs < untilMs; ) {
    add(atMs);
    const followers = profile === 'close' ? random.between(0, 2) : profile === 'bursts' && random.chance(0.3) ? 7 : 0;
    const withinMs = profile === 'close' ? 75 * 60_000 : 10 * 60_000;
    for (let count = 0; count < followers; count += 1) add(atMs + random.next() * withinMs);
    atMs -= Math.log(1 - random.next()) * everyMs;
  }
  return arrivals.filter(({ atMs }) => atMs < untilMs).sort((a, b) => a.atMs - b.atMs);
}
