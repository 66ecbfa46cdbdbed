/** Remotes: what is let through, what is refused, and what is hidden of them. */

import { createRedact } from '@hourglass/relay';
import { describe, expect, it } from 'vitest';
import { RemoteRefused, resolveRemote } from './remote.ts';

describe('resolveRemote', () => {
  it.each([
    'https://git.example.test/team/app.git',
    'http://me:pw@10.0.0.7:8080/app',
    'http://[fd00::1]:8080/app',
    'ssh://git@git.example.test:2222/app.git',
    'git@git.example.test:team/app.git',
  ])('lets %s through as it is, without the way to AWS credentials', (url) => {
    expect(resolveRemote(url)).toEqual({ url, isCodeCommit: false });
  });

  it('translates the short form of CodeCommit, and knows its long form', () => {
    const url = 'https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/app';
    expect(resolveRemote('codecommit::ap-northeast-1://app')).toEqual({ url, isCodeCommit: true });
    expect(resolveRemote(url)).toEqual({ url, isCodeCommit: true });
    expect(resolveRemote('codecommit::cn-north-1://app').url).toContain('cn-north-1.amazonaws.com.cn/');
    expect(resolveRemote('codecommit::us-gov-west-1://app').isCodeCommit).toBe(true);
  });

  it.each([
    'https://git-codecommit.ap-northeast-1.amazonaws.com.evil.test/v1/repos/app',
    'http://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/app',
    'https://me@evil.test/https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/app',
  ])('does not take %s for CodeCommit', (url) => {
    expect(resolveRemote(url).isCodeCommit).toBe(false);
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
