/** After which answers git gets a try: the table of the README. */
import type http from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { NeedsGit, RelayFailed } from '../errors.ts';
import { createAuthorization } from './authorization.ts';
import { explainStatus } from './refusal.ts';

const url = 'http://h.invalid/r';
const asked = {
  side: 'source',
  url,
  base: url,
  authorization: createAuthorization(url, undefined, Date.now, {}),
  notSentTo: undefined,
  proxy: undefined,
  redact: (text: string) => text,
  nowMs: () => Date.parse('2026-01-01T00:00:00Z'),
  gitFollows: false,
} as const;
const answer = (statusCode: number, headers: http.IncomingHttpHeaders = {}) =>
  Object.assign(Readable.from([]), { statusCode, headers }) as unknown as http.IncomingMessage;

describe('an answer ends the chain', () => {
  it.each([
    [200 + 6, true, true],
    [302, true, true],
    [400, false, false],
    [408, false, false],
    [410, true, true],
    [413, false, false],
    [429, true, true],
    [500, true, false],
    [502, true, false],
    [503, true, true],
    [504, true, false],
    [522, true, false],
  ])('%i: of a list %s, of a pack %s', async (status, ofList, ofPack) => {
    const headers = { location: '/elsewhere' };
    const ends = async (method: 'GET' | 'POST') => {
      const error = await explainStatus(answer(status, headers), method, asked);
      return error instanceof RelayFailed ? error.isLast : undefined;
    };
    expect([await ends('GET'), await ends('POST')]).toEqual([ofList, ofPack]);
  });

  it('with the pause that it asks for, in seconds or until a date', async () => {
    for (const text of ['7200', 'Thu, 01 Jan 2026 02:00:00 GMT']) {
      const error = await explainStatus(answer(503, { 'retry-after': text }), 'POST', asked);
      expect(error).toMatchObject({
        isLast: true,
        pauseMs: 7_200_000,
        message: expect.stringContaining('in 7200 seconds'),
      });
    }
  });

  it('unless it is a redirect and git is configured to follow each', async () => {
    const error = await explainStatus(answer(302, { location: '/x' }), 'POST', { ...asked, gitFollows: true });
    expect(error).toMatchObject({ isLast: false });
  });
});

describe('a proxy that refuses the login', () => {
  const proxy = { url: 'http://u:p4ss@p.invalid/', shown: 'http://p.invalid', secrets: ['p4ss'] };
  it.each([
    ['Basic realm="x"', proxy, false],
    ['NTLM', proxy, true],
    [undefined, proxy, true],
    ['Basic realm="x"', { ...proxy, secrets: [] }, true],
  ])('wants %s: git is tried where it has or speaks more', async (challenge, given, isTried) => {
    const headers = challenge === undefined ? {} : { 'proxy-authenticate': challenge };
    const error = await explainStatus(answer(407, headers), 'GET', { ...asked, proxy: given });
    expect(error instanceof NeedsGit).toBe(isTried);
  });
});
