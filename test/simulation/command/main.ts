/** `pnpm simulate:faults`: many seeds, their totals, and of each violation the seed, what led to it, and the command that replays it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { CommanderError } from 'commander';
import { WITH_DOORS } from '../../scenarios/synthesize.setup.ts';
import { LEASE_ID } from '../names.ts';
import { type Options, readOptions } from './read-options.ts';
import { simulateSeeds } from './simulate-seeds.ts';
import { describeTotals } from './totals.ts';

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const scratch = await mkdtemp(join(tmpdir(), 'hourglass-faults-'));
  try {
    const assembly = options.assembly ?? (await synthesize(scratch, options));
    const say = (line: string) => process.stderr.write(`${line}\n`);
    const stop = new AbortController();
    process.once('SIGINT', () => {
      say('Stops after the seeds that are under way; Ctrl-C once more to stop at once.');
      stop.abort();
    });
    const totals = await simulateSeeds(options, assembly, say, stop.signal);
    process.stdout.write(options.json ? `${JSON.stringify(totals)}\n` : `${describeTotals(totals)}\n`);
    if (totals.violations.length > 0) return 1;
    return stop.signal.aborted ? 130 : 0;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function synthesize(dir: string, { doors, carriers }: Pick<Options, 'doors' | 'carriers'>): Promise<string> {
  const config = {
    ...(doors && WITH_DOORS),
    deployment: LEASE_ID,
    sourceHost: 'git.test',
    destinationPrefix: 'codecommit::ap-northeast-1://',
    apiKeySha256: '0'.repeat(64),
    ...(carriers !== 'fargate' && { carrier: 'direct' as const }),
  };
  return synthesizeWorld(config, dir);
}

process.exitCode = await main();
