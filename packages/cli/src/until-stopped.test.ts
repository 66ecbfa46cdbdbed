/** With real processes: what a person starts and ends is at the top of a chain, and what runs is at its bottom. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { findChain } from './until-stopped.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-stopped-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const module = JSON.stringify(fileURLToPath(new URL('until-stopped.ts', import.meta.url)));
writeFileSync(
  join(directory, 'command.mjs'),
  `import { writeFileSync } from 'node:fs';
import { untilStopped } from ${module};
const keep = setInterval(() => {}, 1000);
const stopped = untilStopped();
// What is above it has been looked at by then.
setTimeout(() => console.log(process.pid), 300);
await stopped;
clearInterval(keep);
writeFileSync(process.argv[2], 'by itself');
`,
);
writeFileSync(
  join(directory, 'parent.mjs'),
  `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
writeFileSync(process.argv[1] + '.pid', String(process.pid));
spawn(process.argv[2], { shell: '/bin/sh', stdio: 'inherit' });
setInterval(() => {}, 1000);
`,
);

const groups: number[] = [];
afterEach(() => {
  for (const group of groups.splice(0)) process.kill(-group, 'SIGKILL');
});

let runs = 0;
/**
 * Starts a program of each name, each by the one before it through a shell, and at last the command. Nothing of this test's own is above them.
 * @returns who is at the top, the command, and the file that it writes when it ends by itself
 */
async function start(...names: string[]): Promise<{ top: number; pid: number; end: string }> {
  runs += 1;
  const end = join(directory, `end-${runs}`);
  const node = `'${process.execPath}'`;
  let line = `${node} '${join(directory, 'command.mjs')}' '${end}'; true`;
  for (const name of names.toReversed()) {
    const file = join(directory, `${name}.cjs`);
    writeFileSync(file, `import(${JSON.stringify(join(directory, 'parent.mjs'))})`);
    line = `${node} '${file}' '${line.replaceAll("'", `'\\''`)}'; true`;
  }
  const outermost = spawn('/bin/sh', ['-c', `${line.replace(/; true$/, '')} &`], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  groups.push(outermost.pid ?? 0);
  const [said] = (await once(outermost.stdout, 'data')) as [Buffer];
  const top = readFileSync(join(directory, `${names[0]}.cjs.pid`), 'utf8');
  return { top: Number(top), pid: Number(said.toString()), end };
}

const readEnd = (file: string) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

describe('a command that runs until it is stopped', () => {
  it.each(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGKILL'] as const)(
    'ends by itself when the npx above it has ended by %s, and only npx had the signal',
    async (signal) => {
      const { top, end } = await start('npx', 'pnpm');
      process.kill(top, signal);
      await expect.poll(() => readEnd(end)).toBe('by itself');
    },
  );

  it('ends by itself when the package manager in the middle has ended', async () => {
    const { top, end } = await start('pnpm');
    process.kill(top, 'SIGKILL');
    await expect.poll(() => readEnd(end)).toBe('by itself');
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('ends by itself at %s', async (signal) => {
    const { pid, end } = await start('npx');
    process.kill(pid, signal);
    await expect.poll(() => readEnd(end)).toBe('by itself');
  });

  it('does not depend on what is above the package manager, or on a shell that started it', async () => {
    const above: Record<number, [parent: number, words: string]> = {
      50: [40, 'sh -c node packages/cli/src/main.ts local '],
      40: [30, 'pnpm hourglass local '],
      30: [20, '/usr/bin/node /usr/lib/node_modules/npm/bin/npx-cli.js -y pnpm@12 hourglass local '],
      20: [10, '-bash '],
      10: [1, '/usr/bin/terminal --of npm-lovers '],
    };
    const lookAt = async (pid: number) => {
      const [parent = 0, words = ''] = above[pid] ?? [];
      return { pid, parent, words };
    };
    expect((await findChain(50, lookAt)).map(({ pid }) => pid)).toEqual([50, 40, 30]);
    expect(await findChain(20, lookAt)).toEqual([]);
  });
});
