/** Which failed connections git would fail at as well; the errors are Node's own, or have its shape where a network would be needed. */
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { isSameForGit } from './connection-failure.ts';

const error = (fields: object) => Object.assign(new Error('x'), fields);

it('a port that nobody listens at is the same for git', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  const failed = await new Promise((resolve) => connect(port, '127.0.0.1').once('error', resolve));
  expect(failed).toMatchObject({ code: 'ECONNREFUSED' });
  expect(isSameForGit(failed, false)).toBe(true);
});

it.each([
  ['a name that nobody knows', { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'git.invalid' }, true],
  [
    'localhost, which curl knows by itself',
    { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'localhost' },
    false,
  ],
  ['several addresses that all refuse', { code: 'ECONNREFUSED', errors: [error({ code: 'ECONNREFUSED' })] }, true],
  [
    'several addresses of which one is slow',
    { code: 'ETIMEDOUT', errors: [error({ code: 'ECONNREFUSED' }), error({ code: 'ETIMEDOUT' })] },
    false,
  ],
  ['a host without a way to it', { code: 'EHOSTUNREACH', syscall: 'connect' }, true],
  ['a connection that breaks', { code: 'ECONNRESET', syscall: 'read' }, false],
  ['an answer that is no HTTP', { code: 'HPE_INVALID_CONSTANT' }, false],
  ['a certificate that has expired', { code: 'CERT_HAS_EXPIRED' }, true],
  ['a certificate of another name', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, true],
  ['an unknown authority', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, false],
  ['a server without TLS', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, true],
  ['ciphers that differ', { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' }, false],
])('%s', (_, fields, expected) => {
  expect(isSameForGit(error(fields), false)).toBe(expected);
});

it('an unknown authority is the same for git where only given ones are to be trusted', () => {
  expect(isSameForGit(error({ code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }), true)).toBe(true);
});
