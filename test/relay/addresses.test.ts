/** One reading of addresses: what the door lets in the task takes, and the relay reads it as git does, or refuses it. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MirrorRefused, mirror } from '@hourglass/relay';
import { sourceHost } from '@hourglass/shared/source-host';
import { resolveRemote } from '@hourglass/sources';
import { describe, expect, it } from 'vitest';
import { parseRemote } from '../../packages/relay/src/remote.ts';
import { git } from './git.ts';

/** Addresses of which a URL parser makes another repository than git. */
const OTHERWISE = [
  'https://h/team\\app',
  'https://h\\@evil.test/app',
  'ssh://git@h/team\\app',
  'https://h/team/../app',
  'https://h/team/%2e%2e/app',
  'https://h/team/.%2E/app',
  'ssh://git@h/team/../app',
  'https://h/./app',
  'https:///h/app',
  'https:////app',
  'https://h/app%00',
  'ssh://git@h/app%0a',
  'ssh://git@h/caf%E9',
  'ssh://git:s3cret@h/app',
  'https://h/app#x',
  'https://h/app?x',
  ' https://h/app',
  'https://h/app ',
];

describe.each(OTHERWISE)('%j', (given) => {
  it('is refused by the command, the task and the door alike, without a secret', () => {
    expect(() => parseRemote(given, 'destination')).toThrow(MirrorRefused);
    expect(() => parseRemote(given, 'destination')).not.toThrow(/s3cret/);
    expect(() => sourceHost(given)).toThrow(/sourceUrl/);
    expect(() => {
      const { url } = resolveRemote(given);
      parseRemote(url, 'source');
    }).toThrow(/is refused/);
  });
});

it.each([
  'https://h/app?private_token=s3cret',
  'https://h/app?s3cret',
  'https://h/app#s3cret',
  'https://u:s3cret#x@h/app',
  'https://u:x/s3cret@h/app?y',
  'https://u:x?s3cret@h/app',
  'https://s3cret@h\\app',
  'ftp://u:s3cret@h/app',
  'ssh://u:s3cret@h/app',
])('%j is refused, and nobody repeats its secret', (given) => {
  const saying = (what: () => unknown) => {
    try {
      what();
      return undefined;
    } catch (error) {
      return String(error);
    }
  };
  const said = [
    saying(() => parseRemote(given, 'source')),
    saying(() => sourceHost(given)),
    saying(() => resolveRemote(given)),
  ];
  expect(said[0]).toContain('is refused');
  expect(said.join('\n')).not.toContain('s3cret');
});

const FILES = [
  'file://host/srv/app',
  'file://localhost/srv/app',
  'file:///srv\\app',
  'file:///srv/../app',
  'file:///srv/a%00',
];

it.each(FILES)('%j is refused, since git reads another path than a URL parser', (given) => {
  expect(() => parseRemote(given, 'destination')).toThrow(MirrorRefused);
});

it.each([
  ['file:///srv/a%20b', '/srv/a b'],
  ['file:///srv/100%', '/srv/100%'],
  ['file:///srv/a%2Fb', '/srv/a/b'],
  ['file:///srv/caf%C3%A9', '/srv/café'],
  ['file:///srv/a%zz%20', '/srv/a%zz '],
])('of %j the path is decoded as git decodes', (given, path) => {
  expect(parseRemote(given, 'source')).toEqual({ kind: 'local', path });
});

it.each([
  ['[h:2222]:app', { login: 'h', host: 'h', port: '2222', path: 'app' }],
  ['git@[h:2222]:app', { login: 'git@h', port: '2222' }],
  ['[git@h:2222]:app', { login: 'git@h', port: '2222' }],
  ['[git@::1]:app', { login: 'git@::1', host: '::1', port: undefined }],
  ['[fe80::1%eth0]:app', { host: 'fe80::1%eth0', port: undefined }],
  ['me@corp.test@h:app', { login: 'me@corp.test@h', host: 'h' }],
  ['git+ssh://git@h:7/app', { login: 'git@h', port: '7', path: '/app' }],
  ['ssh://h/caf%C3%A9%', { path: '/café%' }],
])('%s is read as git reads it', (given, read) => {
  expect(parseRemote(given, 'source')).toMatchObject({ kind: 'ssh', ...read });
});

it('a password without a user, and one with a % that encodes nothing, are what is sent', () => {
  expect(parseRemote('https://:s3cret@h/x', 'source')).toMatchObject({ auth: { username: '', password: 's3cret' } });
  expect(parseRemote('https://u:100%%40@h/x', 'source')).toMatchObject({ auth: { password: '100%@' } });
});

it("neither the case of CodeCommit's host nor an odd password hides the name from its rule", () => {
  for (const before of ['https://GIT-CodeCommit', 'https://u:p@ss@git-codecommit', 'HTTPS://git-codecommit']) {
    const address = (name: string) => `${before}.eu-west-1.amazonaws.com/v1/repos/${name}`;
    expect(() => parseRemote(address('x.git'), 'destination')).toThrow(/must not end in \.git/);
    expect(parseRemote(address('x'), 'destination')).toMatchObject({ kind: 'http' });
  }
});

it('one repository is known by every way to write it, and not mirrored onto itself', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-same-'));
  git('/', 'init', '--quiet', '--bare', join(dir, 'a'));
  symlinkSync(join(dir, 'a'), join(dir, 'link'));
  try {
    for (const [source, destination] of [
      [join(dir, 'a'), `file://${dir}/a/`],
      [join(dir, 'a'), join(dir, 'link')],
      ['git@h:app', 'git@h:~/app/'],
      ['ssh://git@h/app', 'ssh://git@h:22/app'],
      ['https://h/app', 'https://me:pw@H:443/%61pp/'],
    ] as const) {
      await expect(mirror({ source, destination })).rejects.toThrow(/the same repository/);
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
