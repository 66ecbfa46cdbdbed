/** The repositories and servers of a bench run, and how one work is run by each contestant. */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitAside, refsOf } from '../../relay/git.ts';
import { type Front, startFront } from '../../relay/server/front.ts';
import { type Addresses, type Contestant, measure, type Run, runHalf } from './contestants.ts';

export interface Arena {
  readonly source: string;
  readonly addresses: (contestant: Contestant) => Addresses;
  /** Runs the contestants one after another, beginning with another one each round, and checks what they made. */
  race(contestants: readonly Contestant[], round: number): Promise<Run[]>;
  /** Gives every contestant a destination of its own: empty, or like the source now. */
  reset(contestants: readonly Contestant[], like: 'empty' | 'source'): Promise<void>;
  /** What the source's server has sent so far. */
  bytesSent(): number;
  close(): Promise<void>;
}

/** Serves `${scratch}/from/source` and destinations that take what CodeCommit takes. */
export async function createArena(
  scratch: string,
  programs: { program: string; half: string },
  peer?: string,
): Promise<Arena> {
  const [from, to] = [join(scratch, 'from'), join(scratch, 'to')];
  await mkdir(to, { recursive: true });
  const fronts: [Front, Front] = [await startFront({ root: from }), await startFront({ root: to })];
  const source = join(from, 'source');
  const nameOf = (contestant: Contestant) => contestant.replaceAll(/\W+/g, '-');
  const addresses = (contestant: Contestant): Addresses => ({
    source: `${fronts[0].url}/source`,
    destination: `${fronts[1].url}/${nameOf(contestant)}`,
    disk: join(scratch, 'disk', nameOf(contestant)),
    ...programs,
    peer,
  });
  return {
    source,
    addresses,
    bytesSent: fronts[0].bytesSent,
    async race(contestants, round) {
      const runs: Run[] = [];
      const first = round % contestants.length;
      const wanted = refsOf(source).join('\n');
      for (const contestant of [...contestants.slice(first), ...contestants.slice(0, first)]) {
        runs.push(await measure(contestant, addresses(contestant), fronts[0].bytesSent));
        const made = refsOf(join(to, nameOf(contestant))).join('\n');
        if (made !== wanted) throw new Error(`${contestant} has not made the destination like the source`);
      }
      return runs;
    },
    async reset(contestants, like) {
      for (const contestant of contestants) {
        const [target, { disk, source: url }] = [join(to, nameOf(contestant)), addresses(contestant)];
        await Promise.all([target, disk].map((path) => rm(path, { recursive: true, force: true })));
        await mkdir(disk, { recursive: true });
        if (like === 'source') await cp(source, target, { recursive: true });
        else git(scratch, 'init', '--quiet', '--bare', '--template=', target);
        for (const setting of ['gc.auto', 'receive.autogc']) git(target, 'config', setting, '0');
        const { destination, half } = addresses(contestant);
        if (contestant === 'in halves' && like === 'source') await runHalf(half, 'look', destination, disk);
        if (contestant !== 'kept mirror') continue;
        await gitAside(disk, 'clone', '--quiet', '--mirror', url, join(disk, 'kept.git'));
        git(join(disk, 'kept.git'), 'config', 'gc.auto', '0');
      }
    },
    async close() {
      await Promise.all(fronts.map((front) => front.close()));
    },
  };
}
