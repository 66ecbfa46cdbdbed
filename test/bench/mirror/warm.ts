/**
 * The two halves against the relay in one piece as functions run them: in a process that has mirrored before. What a process costs to start, and
 * to run for the first time, is in the other measurements, twice for the halves.
 */
import { join } from 'node:path';
import { mirror } from '@hourglass/relay';
import { listDestination, type NextRequest, packSource, pushStored } from '@hourglass/relay/halves';
import { createPackFile } from '../../relay/pack-file.ts';
import type { Measurement, Run } from './contestants.ts';

export interface WarmWays {
  readonly source: string;
  /** Two destinations that are like the source. */
  readonly destinations: readonly [string, string];
  readonly disk: string;
  /** Adds to the source what is to be mirrored next. */
  push(commits: number): Promise<void>;
  readonly bytesSent: () => number;
}

/** Each work is mirrored both ways, in turn one first and then the other; the first time of each is not counted. */
export async function measureWarm(ways: WarmWays, times: number): Promise<Measurement[]> {
  const { source, destinations, disk, push } = ways;
  let next: NextRequest = await listDestination({ destination: destinations[1] });
  const relay = async () => {
    const { result } = await mirror({ source, destination: destinations[0], via: 'relay' });
    if (result !== 'mirrored') throw new Error(`the relay has not mirrored: ${result}`);
  };
  const inHalves = async () => {
    const { sink, store } = createPackFile(join(disk, 'warm-pack'));
    const { haves, thin } = next;
    const packed = await packSource({ source, haves, thin }, sink);
    if (packed.outcome !== 'packed') throw new Error('there is nothing to carry');
    const pushed = await pushStored({ destination: destinations[1], manifest: packed.manifest, store });
    if (pushed.result !== 'mirrored') throw new Error(`the halves have not mirrored: ${pushed.message}`);
    next = pushed.next;
  };
  const measured: Measurement[] = [];
  for (const commits of [1, 100]) {
    for (let time = 0; time <= times; time++) {
      await push(commits);
      const both = [
        ['relay', relay],
        ['in halves', inHalves],
      ] as const;
      const runs: Run[] = [];
      for (const [contestant, run] of time % 2 ? both : both.toReversed()) {
        runs.push(await timed(contestant, run, ways));
      }
      if (time > 0) measured.push({ work: warmWork(commits), runs });
    }
  }
  return measured;
}

export const warmWork = (commits: number) => `${commits === 1 ? '+1 commit' : `+${commits} commits`}, warm`;

async function timed(contestant: Run['contestant'], run: () => Promise<void>, { bytesSent }: WarmWays): Promise<Run> {
  const before = bytesSent();
  const startedMs = performance.now();
  await run();
  const seconds = (performance.now() - startedMs) / 1000;
  return { contestant, seconds, bytesFromSource: bytesSent() - before };
}
