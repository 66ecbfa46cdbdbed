/** Completion as a shell asks for it: the scripts are of commander's whole tree, and bash is really asked. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const run = promisify(execFile);
const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    scripts[shell] = (await run(process.execPath, [main, 'completion', shell])).stdout;
  }
});

/** What bash offers for these words, the last one unfinished. */
async function completeInBash(...words: string[]): Promise<string[]> {
  const line = words.map((word) => `'${word}'`).join(' ');
  const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; compopt() { :; }; _hourglass; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', `${scripts.bash}\n${ask}`]);
  return stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  it.each([
    [['hourglass', 'sim'], ['simulate']],
    [['hourglass', 'request', ''], expect.arrayContaining(['mirror', 'task'])],
    [['hourglass', 'request', 'mirror', '--wa'], ['--wait']],
    [['hourglass', '--version', 'doctor', '--js'], ['--json']],
    [
      ['hourglass', 'export', '--format', ''],
      ['csv', 'ndjson'],
    ],
    [['hourglass', 'completion', 'f'], ['fish']],
    // A file or a name that nobody knows is left to the shell.
    [['hourglass', 'deploy', '--config', ''], []],
    [['hourglass', 'nothing', '--de'], []],
  ])('%j', async (words, expected) => {
    expect(await completeInBash(...(words as string[]))).toEqual(expected);
  });
});

it('every script names every command and its options', async () => {
  const { stdout } = await run(process.execPath, [main, '--help']);
  const names = [...stdout.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(15);
  for (const script of Object.values(scripts)) {
    for (const name of names) expect(script).toContain(name);
    expect(script).toMatch(/endpoint-url/);
  }
});

it.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('%s can read its script, where it is installed', async (shell, flags) => {
  const path = ['/bin', '/usr/bin'].map((folder) => `${folder}/${shell}`).find((file) => existsSync(file));
  if (path === undefined) return expect(scripts[shell]).toContain('hourglass');
  const child = run(path, flags);
  child.child.stdin?.end(scripts[shell]);
  expect((await child).stderr).toBe('');
});
