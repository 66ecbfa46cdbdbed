/** The list of commands, which loads none of them, and what it must not say wrongly. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const run = async (...words: string[]) => (await promisify(execFile)(process.execPath, [main, ...words])).stdout;
const words = (text: string) => text.replace(/\s+/g, ' ');

it('the list of commands says of each what its own help says', async () => {
  const list = words(await run('--help'));
  const names = [...readFileSync(main, 'utf8').matchAll(/^ {2}(\w+): async/gm)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(8);
  await Promise.all(
    names.map(async (name) => {
      const description = words(await run('help', name)).match(
        /Usage: .*?\] (?:<\w+> )*([A-Z].*?\.) (?:Arguments|Options)/,
      )?.[1];
      expect(description, name).toMatch(/\w/);
      expect(list).toContain(description);
    }),
  );
});

it.each([
  [['mirrorr'], 'hourglass'],
  [['demo', 'here'], 'hourglass demo'],
  [['mirror', 'here'], 'hourglass mirror'],
])('a mistake in %j is answered with where that command is described', async (given, command) => {
  const failed = await run(...given).then(
    () => undefined,
    (error: { code: number; stderr: string }) => error,
  );
  expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining(`(see ${command} --help)\n`) });
});

it('the version is printed by an option and by a command', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await run('--version')).toBe(`${version}\n`);
  expect(await run('version')).toBe(`${version}\n`);
});

it('a reader that goes before all is written ends the command with status 0 and without a word', async () => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [status]] = await Promise.all([child.stderr.setEncoding('utf8').toArray(), once(child, 'close')]);
  expect(said.join('')).toBe('');
  expect(status).toBe(0);
});
