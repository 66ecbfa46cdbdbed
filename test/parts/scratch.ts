/** Where tests write: thousands of small repositories come and go, which takes a quarter less of git's time in memory than on a disk. */
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Linux has it mounted as a file system in memory; in a container it may be 64 MB small. */
const IN_MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;

/** For this process and all that it starts, until it ends. Who has set TMPDIR keeps it. */
export async function useScratchInMemory(): Promise<void> {
  if (process.env.TMPDIR !== undefined) return;
  const folder = await createInMemory().catch(() => undefined);
  if (folder === undefined) return;
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

async function createInMemory(): Promise<string | undefined> {
  const { bavail, bsize } = await statfs(IN_MEMORY);
  if (Math.min(bavail * bsize, freemem()) < ROOM_BYTES) return undefined;
  const folder = await mkdtemp(join(IN_MEMORY, 'hourglass-tests-'));
  try {
    // It may be mounted such that nothing in it is run, and repositories have hooks.
    const script = join(folder, 'runs');
    await writeFile(script, '#!/bin/sh\n', { mode: 0o755 });
    await promisify(execFile)(script);
    return folder;
  } catch {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
}
