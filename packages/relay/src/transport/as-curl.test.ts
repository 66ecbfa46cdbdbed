/** Files and variables that curl, and so git, reads: the same is found in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onlyGitSpeaks, schemesOf } from './challenge.ts';
import { findLogin } from './netrc.ts';
import { proxyFor } from './proxy.ts';

describe('.netrc', () => {
  it.each([
    ['on one line', 'machine h login u password p', { username: 'u', password: 'p' }],
    [
      'on many lines, among others',
      '# me\nmachine x login a password b\nmachine H\n\tlogin u\n\tpassword p\n',
      { username: 'u', password: 'p' },
    ],
    ['with quotes', 'machine h login u password "a b\\"c\\\\"', { username: 'u', password: 'a b"c\\' }],
    ['as default', 'machine x login a password b\ndefault login u password p', { username: 'u', password: 'p' }],
    [
      'behind a macro',
      'macdef init\nmachine h login no password no\n\nmachine h login u password p',
      { username: 'u', password: 'p' },
    ],
    ['for another host', 'machine x login u password p', undefined],
    ['without a password', 'machine h login u', undefined],
  ])('%s', (_, text, login) => {
    expect(findLogin(text, 'h', undefined)).toEqual(login);
  });

  it('gives the entry of a user that was named', () => {
    const text = 'machine h login a password 1\nmachine h login b password 2';
    expect(findLogin(text, 'h', 'b')).toEqual({ username: 'b', password: '2' });
    expect(findLogin(text, 'h', 'c')).toBeUndefined();
  });

  it('ends with any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void findLogin(text, 'h', undefined)));
  });
});

describe('the proxy', () => {
  const at = (address: string, environment: Record<string, string>) => proxyFor(address, environment)?.shown;
  it.each([
    ['https://h/r', { https_proxy: 'http://p:1' }, 'http://p:1'],
    ['https://h/r', { HTTPS_PROXY: 'p:1' }, 'http://p:1'],
    ['http://h/r', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://h/r', { ALL_PROXY: 'http://p:1' }, 'http://p:1'],
    ['http://h/r', { http_proxy: '', all_proxy: 'http://p:1' }, 'http://p:1'],
    ['http://a.example.com/r', { http_proxy: 'http://p:1', no_proxy: 'example.com' }, undefined],
    ['http://a.example.com/r', { http_proxy: 'http://p:1', NO_PROXY: '.example.com' }, undefined],
    ['http://notexample.com/r', { http_proxy: 'http://p:1', no_proxy: 'example.com' }, 'http://p:1'],
    ['http://h:8080/r', { http_proxy: 'http://p:1', no_proxy: 'h:8080' }, undefined],
    ['http://h:8081/r', { http_proxy: 'http://p:1', no_proxy: 'h:8080' }, 'http://p:1'],
    ['http://10.1.2.3/r', { http_proxy: 'http://p:1', no_proxy: '10.0.0.0/8' }, undefined],
    ['http://[::1]/r', { http_proxy: 'http://p:1', no_proxy: '::1' }, undefined],
    ['http://h/r', { http_proxy: 'http://p:1', no_proxy: '*' }, undefined],
  ])('of %s with %o', (address, environment, shown) => {
    expect(at(address, environment)).toBe(shown);
  });

  it('that only git can use is left to git, and one that is none is refused, without its password', () => {
    expect(() => at('http://h/r', { http_proxy: 'socks5h://u:s3cret@p:1' })).toThrow(
      /^the proxy socks5h:\/\/p:1 is one that only git/,
    );
    expect(() => at('http://h/r', { http_proxy: 'http://u:s3cret@p:x' })).toThrow(
      /^the proxy of http_proxy is not a URL; in its password/,
    );
  });
});

it.each([
  ['Basic realm="a, Digest b"', ['Basic'], false],
  ['Digest realm="a", nonce="b", qop="auth"', ['Digest'], true],
  ['Negotiate, NTLM', ['Negotiate', 'NTLM'], true],
  ['Negotiate, Basic realm="x"', ['Negotiate', 'Basic'], false],
  ['NTLM TlRMTVNTUAACAAAA', ['NTLM'], true],
  ['bearer', ['Bearer'], false],
  ['', [], false],
])('a server that says %s', (header, schemes, needsGit) => {
  expect(schemesOf(header)).toEqual(schemes);
  expect(onlyGitSpeaks(schemes)).toBe(needsGit);
});
