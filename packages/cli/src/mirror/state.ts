/** What a mirror remembers for the next one of the same two sides: objects that both had, which are common ground after a rewrite. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createRedact } from '@hourglass/relay';
import { UsageError } from '../errors.ts';

/** A tip weighs 41 bytes, and each is asked for when branches have changed. */
const MAX_TIPS = 4000;

export interface State {
  readonly tips: readonly string[];
  /** Puts the tips of this run before those of earlier ones. @throws if the file cannot be written */
  remember(tips: readonly string[]): Promise<void>;
}

/** Reads the file, which need not be there yet. @throws UsageError if it cannot be read or is about other sides */
export async function readState(file: string, source: string, destination: string): Promise<State> {
  const redact = createRedact([source, destination]);
  const sides = { source: redact(source), destination: redact(destination) };
  let tips: string[] = [];
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new UsageError(`--state: ${error.message}`);
  });
  if (text !== undefined) {
    const read = parse(text);
    if (read === undefined)
      throw new UsageError(`--state: ${file} is no state of a mirror; without it the mirror works as well`);
    if (read.source !== sides.source || read.destination !== sides.destination) {
      throw new UsageError(
        `--state: ${file} is about ${read.source} and ${read.destination}: give each mirror a file of its own`,
      );
    }
    tips = read.tips;
  }
  return {
    tips,
    async remember(now) {
      const all = [...new Set([...now, ...tips])].slice(0, MAX_TIPS);
      // Written aside, so that a run that is killed leaves the old one whole.
      const aside = `${file}.${process.pid}`;
      await writeFile(aside, `${JSON.stringify({ ...sides, tips: all })}\n`);
      await rename(aside, file);
    },
  };
}

function parse(text: string): { source: string; destination: string; tips: string[] } | undefined {
  try {
    const read = JSON.parse(text) as { source?: unknown; destination?: unknown; tips?: unknown };
    const { source, destination, tips } = read;
    if (typeof source !== 'string' || typeof destination !== 'string' || !Array.isArray(tips)) return undefined;
    const known = tips.filter((oid) => typeof oid === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(oid));
    return { source, destination, tips: known };
  } catch {
    return undefined;
  }
}
