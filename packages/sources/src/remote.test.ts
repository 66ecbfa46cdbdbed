/** Remotes: what is let through, what is refused, and what is hidden of them. */

import { createRedact } from '@hourglass/relay';
import { describe, expect, it } from 'vitest';
import { RemoteRefused, resolveRemote } from './remote.ts';

describe('resolveRemote', () => {
  it.each([
    ['https://git.example.test/team/app.git', 'git.example.test'],
    ['http://me:pw@10.0.0.7:8080/app', '10.0.0.7:8080'],
    ['http://[fd00::1]:8080/app', '[fd00::1]:8080'],
    ['ssh://git@Git.example.test:2222/app.git', 'git.example.test:2222'],
    ['git@git.example.test:team/app.git', 'git.example.test'],
  ])('lets %s through as it is, and knows its host', (url, host) => {
    expect(resolveRemote(url)).toEqual({ url, host });
  });

  it('translates the short form of CodeCommit', () => {
    const host = 'git-codecommit.ap-northeast-1.amazonaws.com';
    expect(resolveRemote('codecommit::ap-northeast-1://app')).toEqual({ url: `https://${host}/v1/repos/app`, host });
    expect(resolveRemote('codecommit::cn-north-1://app').url).toContain('cn-north-1.amazonaws.com.cn/');
  });

  it.each([
    '',
    '-u',
    '--upload-pack=x',
    '/srv/app',
    './app',
    'file:///srv/app',
    'ext::sh -c x',
    'fd::0',
    'git://host/app',
    'ftp://host/app',
    'http::https://host/app',
    'https:///app',
    'https://-x/app',
    'ssh://-oProxyCommand=x/app',
    'git@-oProxyCommand=x:app',
    'https://host/a b',
    'https://host/a\nb',
    'codecommit::ap-northeast-1://../x',
    'codecommit://app',
  ])('refuses %j', (url) => {
    expect(() => resolveRemote(url)).toThrow(RemoteRefused);
  });

  it('names a refused remote without its credentials', () => {
    expect(() => resolveRemote('ftp://me:s3cret@host/app')).toThrow(/"ftp:\/\/\*\*\*@host\/app" is refused/);
  });
});

describe('createRedact', () => {
  it.each(['#', '/', '?', '@', ':'])('hides a password with an unencoded %s wherever it stands', (mark) => {
    const [url, password] = [`https://me:pa${mark}ss@host/x`, `pa${mark}ss`];
    expect(createRedact([url])(`cannot reach ${url}; "${password}" is refused`)).toBe(
      'cannot reach https://***@host/x; "***" is refused',
    );
  });

  it('takes credentials out of every URL, whatever they hold', () => {
    const redact = createRedact([]);
    expect(redact("fatal: 'https://me:p@ss:w@host/x' and HTTP://tok@h/y, by a@b.test")).toBe(
      "fatal: 'https://***@host/x' and HTTP://***@h/y, by a@b.test",
    );
  });

  it('takes the passwords of given URLs out of the rest too, encoded and decoded, but not a user name beside one', () => {
    const redact = createRedact(['https://me:s3%40cret@host/x', 'https://onlytoken@host/y', 'https://u:%zz%zz@host']);
    expect(redact('me s3%40cret s3@cret onlytoken %zz%zz')).toBe('me *** *** *** ***');
  });
});
