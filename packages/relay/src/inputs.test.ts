/** Remotes, patterns, pauses and pointers: the small rules. */
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MirrorRefused } from './errors.ts';
import { LfsScan } from './lfs-scan.ts';
import type { Auth } from './options.ts';
import { quoted } from './redact.ts';
import { parseRemote } from './remote.ts';
import { prefixesOf, selectMapped, selectRefs } from './select-refs.ts';
import { parseRetryAfter } from './transport/retry.ts';

describe('parseRemote', () => {
  const parse = (given: string) => parseRemote(given, 'source');
  it.each(['codecommit://app', 'codecommit://somebody@app'])('says of %s that its Region is missing', (given) => {
    expect(() => parse(given)).toThrow(/names no Region, as codecommit::REGION:\/\/REPOSITORY does/);
  });

  it('reads URLs, taking user and password out of them', () => {
    expect(parse('https://me:p%40ss@host.test:8443/team/app.git/')).toEqual({
      kind: 'http',
      url: 'https://host.test:8443/team/app.git',
      auth: { username: 'me', password: 'p@ss' },
    });
    expect(parse('ssh://git@host.test:2222/~me/app')).toMatchObject({
      login: 'git@host.test',
      port: '2222',
      path: '~me/app',
    });
    expect(parse('git@host.test:team/app.git')).toMatchObject({ kind: 'ssh', host: 'host.test', path: 'team/app.git' });
    expect(parse('file:///srv/a%20b')).toEqual({ kind: 'local', path: '/srv/a b' });
    expect(parse('/srv/a:b')).toEqual({ kind: 'local', path: '/srv/a:b' });
  });

  it('signs for CodeCommit only, by its short and its long form', () => {
    const url = 'https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/app';
    const auth = { codeCommit: { region: 'ap-northeast-1' } };
    expect(parse('codecommit::ap-northeast-1://app')).toEqual({ kind: 'http', url, auth });
    expect(parse(url)).toEqual({ kind: 'http', url, auth });
    expect(parse('codecommit::eu-west-1://work@app')).toMatchObject({ profile: 'work' });
    expect(parse(`${url.replace('.com/', '.com.evil.test/')}`)).toMatchObject({ auth: undefined });
  });

  it.each([
    '',
    'ext::sh -c x',
    'ftp://h/x',
    'ssh://-oProxyCommand=x/y',
    '-oProxyCommand=x:y',
    'http://',
    'a@b:',
    'https://h/\n',
    'http://h/c#mirror.git',
    'https://h/x?token=s3cret',
    'file:///srv/c#.git',
    'ssh://git@h/c?x',
    'codecommit::eu-west-1://..',
  ])('refuses %j', (given) => {
    expect(() => parse(given)).toThrow(MirrorRefused);
  });

  it('refuses credentials of the wrong kind, and says which would be right', () => {
    const parseWith = (given: string, auth: Auth) => () => parseRemote(given, 'source', auth);
    expect(parseWith('git@h:x', { privateKey: 'k' })()).toMatchObject({ login: 'git@h', privateKey: 'k' });
    expect(parseWith('git@h:x', { token: 'secret' })).toThrow(/ssh takes a private key/);
    expect(parseWith('https://h/x', { privateKey: 'secret' })).toThrow(/https take user and password or a token/);
  });

  it.each([
    'https://me:s3c#ret@h/x',
    'https://me:s3c/ret@h/x',
    'https://me:s3c?ret@h/x',
    'https://h/x?access_token=s3cret',
  ])('shows no part of a password of %s', (given) => {
    const read = () => parse(given);
    expect(read).toThrow(MirrorRefused);
    expect(read).not.toThrow(/s3c|ret@/);
  });

  it('takes every name that CodeCommit takes', () => {
    for (const name of ['.github', '-x', '_', '...']) {
      expect(parse(`codecommit::eu-west-1://${name}`)).toMatchObject({ kind: 'http' });
    }
  });

  it('names what it refuses without its credentials', () => {
    expect(() => parse('ftp://me:s3cret@host/x')).toThrow(/"ftp:\/\/\*\*\*@host\/x" is refused/);
  });
});

describe('selectRefs', () => {
  const refs = new Map(
    ['HEAD', 'refs/heads/main', 'refs/heads/r/1', 'refs/tags/v1', 'refs/pull/1/head', 'refs/notes/x'].map((name) => [
      name,
      'x',
    ]),
  );
  const select = (include?: string[], exclude?: string[]) => [...selectRefs(refs, { include, exclude }).keys()];
  it('takes branches and tags, or what patterns name', () => {
    expect(select()).toEqual(['refs/heads/main', 'refs/heads/r/1', 'refs/tags/v1']);
    expect(select(['r/*', 'v*'])).toEqual(['refs/heads/r/1', 'refs/tags/v1']);
    expect(select(['refs/notes/*'])).toEqual(['refs/notes/x']);
    expect(select([], ['*'])).toEqual([]);
    expect(select(undefined, ['m*n', 'refs/tags/*'])).toEqual(['refs/heads/r/1']);
  });

  it('asks a source for no more than that', () => {
    expect(prefixesOf({ include: ['rel*se/*'] })).toEqual(['refs/heads/rel', 'refs/tags/rel']);
  });

  it('refuses what is no pattern, and is not slow for one of many stars', () => {
    expect(() => select(['a b'])).toThrow(MirrorRefused);
    const long = new Map([[`refs/heads/${'a'.repeat(4000)}`, 'x']]);
    expect(selectRefs(long, { include: [`${'*a'.repeat(200)}b`] }).size).toBe(0);
  });
});

it('Retry-After is seconds or a date', () => {
  const nowMs = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter('7', nowMs)).toBe(7000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:30 GMT', nowMs)).toBe(30_000);
  expect(parseRetryAfter('1.5', nowMs)).toBe(1500);
  expect(parseRetryAfter('9'.repeat(400), nowMs)).toBe(315_360_000_000);
  for (const odd of ['soon', '-5', '', '7 seconds', '1e3']) expect(parseRetryAfter(odd, nowMs)).toBeUndefined();
  expect(parseRetryAfter(undefined, nowMs)).toBeUndefined();
});

it('what a person has given is quoted in some 300 characters, without a control character', () => {
  expect(quoted('ma\u0007in \u009b"')).toBe('"ma\\u0007in \\u009b\\""');
  for (const [text, one] of [
    ['\u0001'.repeat(3000), '\\\\u0001'],
    ['x'.repeat(3000), 'x'],
    ['"'.repeat(3000), '\\\\"'],
  ] as const) {
    const shown = quoted(text);
    expect(shown.length).toBeLessThan(310);
    expect(shown).toMatch(new RegExp(`^"(${one})+\u2026"$`));
  }
});

it.each([
  { include: [`\u0001${'x'.repeat(5000)}`] },
  { map: [`${'x'.repeat(5000)}:${'\u0001'.repeat(5000)}`] },
  { map: [`${'x'.repeat(5000)}..:b`] },
  { map: [`a:${'y'.repeat(5000)}`, `b:${'y'.repeat(5000)}`] },
])('a refusal repeats no more of a pattern than a person reads (%#)', (selection) => {
  const refs = new Map(['a', 'b'].map((name) => [`refs/heads/${name}`, '1'.repeat(40)]));
  let message = '';
  try {
    selectMapped(refs, selection);
  } catch (error) {
    message = (error as Error).message;
  }
  expect(message.length).toBeGreaterThan(10);
  expect(message.length).toBeLessThan(1000);
});

describe('LfsScan', () => {
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0123456789abcdef'.repeat(4)}\nsize 12345\n`;
  const header = Buffer.from([0xb0 | (text.length & 15), text.length >> 4]);
  const pack = Buffer.concat([Buffer.alloc(500, 'x'), header, deflateSync(text), Buffer.alloc(500, 'y')]);
  it('sees a pointer wherever the stream is cut', () => {
    for (let at = 480; at < 700; at++) {
      const scan = new LfsScan();
      scan.look(pack.subarray(0, at));
      scan.look(pack.subarray(at));
      expect(scan.found, `cut at ${at}`).toBe(true);
    }
  });

  it('sees none in other blobs of that size', () => {
    const scan = new LfsScan();
    scan.look(Buffer.concat([header, deflateSync('v'.repeat(text.length))]));
    expect(scan.found).toBe(false);
  });
});
