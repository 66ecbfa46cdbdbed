/**
 * Where a running `hourglass local` can be found: one small file a world, in the user's own runtime or cache folder, written when the world listens and
 * removed when it ends. A file that a killed one has left is recognised by asking at its port for its very keys.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';

const State = z.object({
  version: z.literal(1),
  pid: z.int(),
  /** Epoch milliseconds. */
  startedAtMs: z.int(),
  endpoint: z.string(),
  region: z.string(),
  deployment: z.string(),
  credentials: z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), sessionToken: z.string() }),
});
export type LocalState = z.output<typeof State>;

/** Longer than a world takes that is busy with a task. */
const ANSWERS_WITHIN_MS = 5_000;

/** The first of them that can be written is used; all are looked through. */
function folders(environment = process.env): string[] {
  const { XDG_RUNTIME_DIR, XDG_CACHE_HOME } = environment;
  const cache = XDG_CACHE_HOME || join(homedir(), '.cache');
  return [
    ...(XDG_RUNTIME_DIR ? [join(XDG_RUNTIME_DIR, 'hourglass')] : []),
    join(cache, 'hourglass'),
    join(tmpdir(), `hourglass-${userInfo().uid}`),
  ];
}

/** @returns a function that removes it; nothing is written where no folder can be */
export async function writeLocalState(
  state: Omit<LocalState, 'version' | 'pid' | 'startedAtMs'>,
): Promise<() => Promise<void>> {
  const text = JSON.stringify({ version: 1, pid: process.pid, startedAtMs: Date.now(), ...state });
  for (const folder of folders()) {
    const file = join(folder, `local-${new URL(state.endpoint).port}.json`);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(file, text, { mode: 0o600 });
      return () => rm(file, { force: true });
    } catch {
      // The next folder.
    }
  }
  return async () => {};
}

/** Those that run now, the last that was started first. */
export async function findLocalWorlds(): Promise<LocalState[]> {
  const found: LocalState[] = [];
  for (const folder of folders()) {
    const names = await readdir(folder).catch((): string[] => []);
    for (const name of names.filter((one) => /^local-\d+\.json$/.test(one))) {
      const file = join(folder, name);
      const state = await readState(file);
      if (state === undefined) continue;
      if (await isAlive(state)) found.push(state);
      else if (!isRunning(state.pid)) await rm(file, { force: true });
    }
  }
  return found
    .filter(({ endpoint }, index) => found.findIndex((one) => one.endpoint === endpoint) === index)
    .sort((a, b) => b.startedAtMs - a.startedAtMs);
}

async function readState(file: string): Promise<LocalState | undefined> {
  try {
    return State.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Asks who the keys belong to, as any SDK would: another world at that port does not know them. */
async function isAlive({ endpoint, region, credentials }: LocalState): Promise<boolean> {
  try {
    const scope = `${credentials.accessKeyId}/20260101/${region}/sts/aws4_request`;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    return response.ok && (await response.text()).includes('GetCallerIdentity');
  } catch {
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === 'EPERM';
  }
}
