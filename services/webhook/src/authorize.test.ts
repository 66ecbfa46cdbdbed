import { createHash, createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthorizer } from './authorize.ts';

const KEY = 'the key: ü';
const API_KEY_SHA256 = createHash('sha256').update(KEY).digest('hex');
const ISSUER = 'https://id.example.com/';
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

describe('the key', () => {
  const authorize = createAuthorizer({ API_KEY_SHA256, OAUTH: null });

  it('opens as x-api-key, and as the password of any user', async () => {
    for (const headers of [{ 'x-api-key': KEY }, basic(`anybody:${KEY}`), basic(`:${KEY}`)]) {
      expect(await authorize(headers)).toBeNull();
    }
  });

  it.each([
    {},
    { 'x-api-key': '' },
    { 'x-api-key': 'wrong' },
    { 'x-api-key': `${KEY},${KEY}` },
    { 'x-api-key': 'wrong', ...basic(`u:${KEY}`) },
    basic(KEY),
    basic('u:wrong'),
    { authorization: `Bearer ${KEY}` },
    { authorization: 'Basic' },
  ])('must be right: %j', async (headers) => {
    const fault = await authorize(headers);
    expect(fault).toMatch(/wrong/);
    expect(fault).not.toContain(KEY);
  });

  it('opens to nobody where there is none', async () => {
    const shut = createAuthorizer({ API_KEY_SHA256: '', OAUTH: null });
    for (const headers of [{}, { 'x-api-key': '' }, basic(':'), { authorization: 'Bearer x' }]) {
      expect(await shut(headers)).not.toBeNull();
    }
  });
});

describe('a token', async () => {
  const [ours, others] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'RS256' };
  const provider = { status: 200, body: JSON.stringify({ keys: [jwk] }), asked: 0 };
  const server = createServer((_, response) => {
    provider.asked += 1;
    response.writeHead(provider.status, { 'content-type': 'application/json' }).end(provider.body);
  });
  let jwksUrl = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterAll(() => void server.close());
  const authorizer = () =>
    createAuthorizer({ API_KEY_SHA256, OAUTH: { issuer: ISSUER, audience: 'hourglass', jwksUrl } });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const claims: JWTPayload = { iss: ISSUER, aud: 'hourglass', exp: Math.floor(Date.now() / 1_000) + 300 };
  const sign = (more: JWTPayload = {}, key = ours.privateKey) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key);

  it("of the identity provider opens, and the provider's keys are read once for many", async () => {
    const authorize = authorizer();
    const before = provider.asked;
    for (const aud of ['hourglass', ['other', 'hourglass']]) {
      expect(await authorize(bearer(await sign({ aud })))).toBeNull();
    }
    expect(provider.asked - before).toBe(1);
  });

  it.each([
    ['of another issuer', { iss: 'https://evil.example/' }, /"iss"/],
    ['for another audience', { aud: 'other' }, /"aud"/],
    ['that has expired', { exp: Math.floor(Date.now() / 1_000) - 60 }, /expired/],
    ['that never expires', { exp: undefined }, /"exp"/],
    ['that is not valid yet', { nbf: Math.floor(Date.now() / 1_000) + 120 }, /"nbf"/],
  ])('%s does not open', async (_, more, reason) => {
    expect(await authorizer()(bearer(await sign(more as JWTPayload)))).toMatch(reason);
  });

  it('signed by another key, by the public key as a secret, or by none does not open', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const confused = `${encode({ alg: 'HS256', kid: 'k1' })}.${encode(claims)}`;
    const mac = createHmac('sha256', JSON.stringify(jwk)).update(confused).digest('base64url');
    const right = await sign();
    for (const token of [
      await sign({}, others.privateKey),
      `${confused}.${mac}`,
      new UnsecuredJWT(claims).encode(),
      `${right.slice(0, -8)}AAAAAAAA`,
      'no.token.atall',
      'x',
    ]) {
      expect(await authorizer()(bearer(token))).toMatch(/not one of the identity provider/);
    }
  });

  it("is a fault of ours, and so tried again, while the provider's keys cannot be had", async () => {
    const token = await sign();
    for (const broken of [
      { status: 500, body: '' },
      { status: 200, body: '<html>' },
      { status: 200, body: '{}' },
    ]) {
      const was = { ...provider };
      Object.assign(provider, broken);
      await expect(authorizer()(bearer(token))).rejects.toMatchObject({ name: 'RetryableError' });
      Object.assign(provider, was);
    }
    const away = createAuthorizer({
      API_KEY_SHA256,
      OAUTH: { issuer: ISSUER, audience: 'hourglass', jwksUrl: 'http://127.0.0.1:1/' },
    });
    await expect(away(bearer(token))).rejects.toMatchObject({ name: 'RetryableError' });
  });
});
