/** What the packed command loads at its start, which is most of what a small mirror takes: a start that grows is not seen in any result. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
let dir: string;
beforeEach(async () => {
  pair = await createPair();
  dir = mkdtempSync(join(tmpdir(), 'hourglass-start-'));
});
afterEach(async () => {
  await pair.close();
  rmSync(dir, { recursive: true, force: true });
});

/** The environment of a person who has set nothing of Node's. */
const person = (more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...process.env,
  NODE_COMPILE_CACHE: undefined,
  NODE_OPTIONS: undefined,
  ...more,
});

it('a mirror over http loads no module of Node that it does not need', async () => {
  const list = join(dir, 'list.cjs');
  writeFileSync(list, "process.on('exit', () => process.stderr.write(process.moduleLoadList.join('\\n')));");
  await pair.commit('main');
  const words = ['mirror', `${pair.from.url}/source`, `${pair.to.url}/destination`];
  const { code, stderr } = await runHourglass(await bundledHourglass(), words, person({ NODE_OPTIONS: `-r ${list}` }));
  expect(code).toBe(0);
  const loaded = new Set(stderr.split('\n').map((line) => line.replace(/^NativeModule /, '')));
  expect(loaded).toContain('http');
  for (const name of ['crypto', 'readline', 'timers/promises', 'tls', 'v8', 'zlib', 'internal/deps/undici/undici']) {
    expect(loaded, name).not.toContain(name);
  }
  pair.expectEqual();
});

it('what V8 has compiled is kept in a folder of the user, and a command that can keep nothing works as well', async () => {
  const program = await bundledHourglass();
  const words = ['mirror', '--help'];
  const kept = await runHourglass(program, words, person({ XDG_CACHE_HOME: dir }));
  expect(kept.code).toBe(0);
  const files = readdirSync(join(dir, 'hourglass/compiled'), { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile())).not.toEqual([]);
  const nowhere = { XDG_CACHE_HOME: '/dev/null', TMPDIR: '/dev/null' };
  expect(await runHourglass(program, words, person(nowhere))).toEqual(kept);
});
