/** Credentials that are given by files, by the environment, and by git's own helpers; never in an argument, never shown. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundledHourglass, runHourglass } from './bundle-hourglass.ts';
import { createPair, type Pair, type PairOptions } from './pair.ts';

const BASIC = { kind: 'basic', username: 'reader', password: 'p@ss:w0rd/ü' } as const;
const TOKEN = 't0ken+of/tests';

let pair: Pair;
let program: string;
beforeAll(async () => {
  program = await bundledHourglass();
});
afterEach(() => pair?.close());

async function open(options: PairOptions): Promise<void> {
  pair = await createPair(options);
  await pair.commit('main');
}

/** Runs `hourglass mirror` with more environment than a machine without credentials has. */
function hourglass(words: readonly string[], more: Record<string, string> = {}) {
  const bare = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const sides = [`${pair.from.url}/source`, `${pair.to.url}/destination`];
  return runHourglass(program, ['mirror', ...sides, '--json', ...words], { ...bare, ...more });
}

async function file(name: string, text: string): Promise<string> {
  const path = join(pair.scratch, name);
  await writeFile(path, text, { mode: 0o600 });
  return path;
}

/** A helper that notes what it is asked and given. */
async function helper(password: string): Promise<Record<string, string>> {
  const log = join(pair.scratch, 'helper.log');
  const script = `!f() { { echo "$1"; cat; } >> '${log}'; test "$1" = get && printf 'username=reader\\npassword=%s\\n' '${password}'; }; f`;
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'credential.helper', GIT_CONFIG_VALUE_0: script };
}
const helperLog = () => readFile(join(pair.scratch, 'helper.log'), 'utf8').catch(() => '');

describe('credentials of the two sides', () => {
  it('are read from files', async () => {
    await open({ sourceAuth: BASIC, destinationAuth: { kind: 'bearer', token: TOKEN } });
    const words = [
      '--source-user',
      BASIC.username,
      '--source-password-file',
      await file('password', `${BASIC.password}\n`),
    ];
    const end = await hourglass([...words, '--destination-token-file', await file('token', TOKEN)]);
    expect(end).toMatchObject({ code: 0, stderr: '' });
    pair.expectEqual();
  });

  it('are read from the environment, and what is given as an option goes before', async () => {
    await open({ sourceAuth: BASIC, destinationAuth: { kind: 'bearer', token: TOKEN } });
    const environment = {
      HOURGLASS_SOURCE_USER: BASIC.username,
      HOURGLASS_SOURCE_PASSWORD: BASIC.password,
      HOURGLASS_DESTINATION_TOKEN: TOKEN,
    };
    expect(await hourglass([], environment)).toMatchObject({ code: 0 });
    pair.expectEqual();
    const other = ['--destination-token-file', await file('token', 'another')];
    const refused = await hourglass(other, environment);
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/the destination does not accept the credentials/);
    expect(refused.stdout + refused.stderr).not.toMatch(/another|p@ss/);
  });

  it('that cannot be used are reported without themselves', async () => {
    await open({});
    for (const [words, said] of [
      [['--source-password-file', await file('password', 'sesame!\n')], /needs a user/],
      [['--source-token-file', join(pair.scratch, 'absent')], /absent/],
      [['--source-token-file', await file('two', 'sesame!\nsesame!\n')], /one line/],
      [['--source-token-file', await file('empty', '\n')], /one line/],
      [['--source-user', 'me', '--source-token-file', await file('token', 'sesame!')], /password-file/],
    ] as const) {
      const end = await hourglass(words);
      expect(end).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(said) });
      expect(end.stderr).not.toContain('sesame');
    }
  });
});

describe("git's own credential helpers", () => {
  it('are asked when a server asks and nothing was given, and hear that they worked', async () => {
    await open({ sourceAuth: BASIC, destinationAuth: BASIC });
    expect(await hourglass(['--via', 'relay'], await helper(BASIC.password))).toMatchObject({ code: 0, stderr: '' });
    pair.expectEqual();
    const log = await helperLog();
    expect(log.match(/^get$/gm)).toHaveLength(2);
    expect(log.match(/^store$/gm)).toHaveLength(2);
    expect(log).toMatch(/^host=127\.0\.0\.1:\d+$/m);
  });

  it('hear that they did not work, and are asked once', async () => {
    await open({ sourceAuth: BASIC });
    const end = await hourglass(['--via', 'relay'], await helper('wrong-one'));
    expect(end.code).toBe(1);
    expect(end.stdout).toMatch(
      /the source does not accept the credentials.*those of git's credential helper were sent/,
    );
    expect(end.stdout + end.stderr).not.toContain('wrong-one');
    const log = await helperLog();
    expect(log.match(/^(get|store|erase)$/gm)).toEqual(['get', 'erase']);
  });

  it('are asked for the password of a user that was given', async () => {
    await open({ sourceAuth: BASIC });
    expect(await hourglass(['--source-user', 'reader'], await helper(BASIC.password))).toMatchObject({ code: 0 });
    expect(await helperLog()).toMatch(/^username=reader$/m);
  });

  it('are not asked where nobody asks, nor where something was given', async () => {
    await open({ sourceAuth: BASIC });
    const given = { HOURGLASS_SOURCE_USER: BASIC.username, HOURGLASS_SOURCE_PASSWORD: 'other' };
    expect(await hourglass(['--via', 'relay'], { ...given, ...(await helper(BASIC.password)) })).toMatchObject({
      code: 1,
    });
    expect(await helperLog()).toBe('');
  });
});
