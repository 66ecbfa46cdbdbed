/**
 * Bundles that were made before of the same sources are used again: to make them takes most of a synthesis. They rest in
 * `node_modules/.cache/hourglass-bundles`, under a name that every file they could be made of has a part in.
 */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** All that is bundled, how, and with which libraries. A test's file is in it too: to leave them out is not worth a rule. */
const sources = [
  // esbuild reads the tsconfig.json beside a source, too.
  '{pnpm-lock.yaml,tsconfig.base.json}',
  '{services,packages}/*/{src/**/*.ts,*.json}',
  '{shared,infra}/{src/**/*.ts,*.json}',
  'docker/{src/**/*.ts,*}',
];
/** What was not used for so long is of sources that are no more. */
const KEEP_MS = 7 * 24 * 3_600_000;

/**
 * The directory of what `make` makes of the repository at `root`; it is not to be written to. Two at the same time both make it, and one is kept.
 * Throws what `make` throws.
 */
export function keepBundles(root: string, make: (directory: string) => void): string {
  const cache = join(root, 'node_modules/.cache/hourglass-bundles');
  const kept = join(cache, hashSources(root));
  if (touch(kept)) return kept;
  mkdirSync(cache, { recursive: true });
  for (const old of globSync('*', { cwd: cache }).map((name) => join(cache, name))) {
    if (Date.now() - (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? 0) > KEEP_MS) remove(old);
  }
  const directory = mkdtempSync(join(cache, 'making-'));
  try {
    make(directory);
    if (!touch(kept)) renameSync(directory, kept);
  } catch (error) {
    if (!touch(kept)) throw error;
  } finally {
    remove(directory);
  }
  return kept;
}

function hashSources(root: string): string {
  const hash = createHash('sha256');
  const exclude = (name: string) => name === 'node_modules' || name === 'dist';
  const files = globSync(sources, { cwd: root, exclude }).filter((file) => statSync(join(root, file)).isFile());
  for (const file of files.sort())
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

/** Whether it is there; it is then as if made now. */
function touch(directory: string): boolean {
  if (!statSync(directory, { throwIfNoEntry: false })) return false;
  const now = new Date();
  utimesSync(directory, now, now);
  return true;
}

const remove = (directory: string) => rmSync(directory, { recursive: true, force: true });
