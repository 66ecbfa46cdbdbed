/**
 * When a command that runs until it is stopped should end: at Ctrl-C, at a kill, at the end of its terminal, or when what started it is
 * gone. A person who kills `npx` kills no more than npx: the package manager under it, its shells and this process stay, and nobody
 * sends them the signal. So the chain of processes from this one up to the package manager is looked at once a second.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const LOOK_EVERY_MS = 1_000;

/** Resolves when it is time; from then on a second signal ends the process as usual. */
export async function untilStopped(): Promise<void> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  await new Promise<void>((resolve) => {
    const stop = () => {
      clearInterval(looking);
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    const chain = findChain(process.ppid);
    const looking = setInterval(() => void chain.then(isWhole).then((whole) => whole || stop()), LOOK_EVERY_MS);
    looking.unref();
    for (const signal of signals) process.on(signal, stop);
  });
}

interface Link {
  readonly pid: number;
  readonly parent: number;
}

interface Seen extends Link {
  readonly words: string;
}

/** From a process up to the topmost package manager above it; empty if there is none, as where a person's shell started us. */
export async function findChain(pid: number, lookAt = look): Promise<Link[]> {
  const links: Seen[] = [];
  for (let next = pid; next > 1; ) {
    const seen = await lookAt(next);
    if (seen === undefined) break;
    links.push(seen);
    next = seen.parent;
  }
  const top = links.findLastIndex(({ words }) =>
    /(^|[\s/])(npm|npx|pnpm|pnpx|yarn|corepack)(-cli)?([.]c?js)?\s/.test(words),
  );
  return links.slice(0, top + 1);
}

/** Whether each still has the parent that it had. */
async function isWhole(chain: readonly Link[]): Promise<boolean> {
  const now = await Promise.all(chain.map(({ pid }) => look(pid)));
  return chain.every(({ parent }, n) => now[n]?.parent === parent);
}

async function look(pid: number): Promise<Seen | undefined> {
  try {
    if (process.platform === 'linux') {
      const [status, words] = await Promise.all([
        readFile(`/proc/${pid}/stat`, 'utf8'),
        readFile(`/proc/${pid}/cmdline`, 'utf8'),
      ]);
      // The name of the program, in parentheses, may hold anything.
      const parent = Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
      return { pid, parent, words: `${words.replaceAll('\0', ' ')} ` };
    }
    const { stdout } = await promisify(execFile)('ps', ['-o', 'ppid=,args=', '-p', String(pid)]);
    const [, parent, words = ''] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? [];
    return parent === undefined ? undefined : { pid, parent: Number(parent), words: `${words} ` };
  } catch {
    return undefined;
  }
}
