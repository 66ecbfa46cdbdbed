/** Who may read and write: basic passwords, CodeCommit's signed ones, and no secret in anything that is printed. */
import { readFileSync } from 'node:fs';
import { gitCredentials } from '@hourglass/relay';
import { afterEach, describe, expect, it } from 'vitest';
import { refsOf } from './git.ts';
import { createPair, type Pair, type PairOptions } from './pair.ts';
import { signCodeCommit } from './server/sign-codecommit.ts';

const REGION = 'ap-northeast-1';
const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'k3y+of/tests', sessionToken: 'FwoGZ/a+token==' };
const BASIC = { kind: 'basic', username: 'reader', password: 'p@ss:w0rd/ü' } as const;

let pair: Pair;
afterEach(() => pair?.close());

async function open(options: PairOptions): Promise<void> {
  pair = await createPair(options);
  await pair.commit('main');
}

describe('credentials', () => {
  it('are a password at the source and a signature at the destination', async () => {
    await open({ sourceAuth: BASIC, destinationAuth: { kind: 'sigv4', region: REGION, ...KEYS } });
    for (const via of ['relay', 'git'] as const) {
      const outcome = await pair.mirror({
        via,
        auth: {
          source: { username: BASIC.username, password: BASIC.password },
          destination: { codeCommit: { region: REGION, credentials: async () => KEYS } },
        },
      });
      expect(outcome).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
      await pair.commit('main', `after ${via}`);
    }
  });

  it('are a token', async () => {
    const token = 't0ken+of/tests';
    await open({ sourceAuth: { kind: 'bearer', token } });
    for (const via of ['relay', 'git'] as const) {
      expect(await pair.mirror({ via, auth: { source: { token } } })).toMatchObject({ result: 'mirrored', via });
      pair.expectEqual();
      await pair.commit('main', `after ${via}`);
    }
  });

  it('may stand in the URL', async () => {
    await open({ sourceAuth: BASIC });
    const url = new URL(`${pair.from.url}/source`);
    url.username = BASIC.username;
    url.password = encodeURIComponent(BASIC.password);
    expect((await pair.mirror({ source: url.href })).result).toBe('mirrored');
    pair.expectEqual();
  });

  it('come from the environment when none are given', async () => {
    await open({ destinationAuth: { kind: 'sigv4', region: REGION, ...KEYS } });
    const outcome = await pair.mirror({
      auth: { destination: { codeCommit: { region: REGION } } },
      environment: {
        PATH: process.env.PATH,
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
        AWS_SESSION_TOKEN: KEYS.sessionToken,
      },
    });
    expect(outcome).toMatchObject({ result: 'mirrored' });
    pair.expectEqual();
  });

  const wrong = { username: 'reader', password: 'wr0ng-s3cret' };
  const wrongKeys = { ...KEYS, secretAccessKey: 'wr0ng-s3cret' };
  it.each([
    { side: 'source', auth: { source: wrong } },
    { side: 'destination', auth: { destination: wrong } },
    {
      side: 'destination',
      auth: { destination: { codeCommit: { region: REGION, credentials: async () => wrongKeys } } },
    },
    { side: 'source', auth: { source: { token: 'wr0ng-s3cret' } } },
    { side: 'source', auth: {} },
  ])('that are wrong at the $side are reported as that, without the secret (case %#)', async ({ side, auth }) => {
    const signed = { kind: 'sigv4', region: REGION, ...KEYS } as const;
    await open(
      side === 'source'
        ? { sourceAuth: BASIC }
        : { destinationAuth: 'codeCommit' in (auth.destination ?? {}) ? signed : BASIC },
    );
    for (const via of ['relay', 'auto', 'git'] as const) {
      const reported: unknown[] = [];
      const outcome = await pair.mirror({ via, auth, onProgress: (progress) => reported.push(progress) });
      expect(['refused', 'failed']).toContain(outcome.result);
      expect(`${outcome.message}`).toContain(side);
      expect(`${outcome.message}`).toMatch(/401|403|credential|password|auth|denied/i);
      if ('codeCommit' in (auth.destination ?? {}) && via !== 'git') {
        expect(outcome.message).toMatch(
          /\(403\).*may have expired, or may not do codecommit:GitPull and codecommit:GitPush/,
        );
      }
      const said = JSON.stringify([outcome, reported]);
      expect(said).not.toContain('wr0ng');
      expect(said).not.toContain(btoa('reader:wr0ng-s3cret'));
    }
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('in a URL that cannot be reached are hidden too', async () => {
    await open({});
    const source = 'http://reader:wr0ng-s3cret@127.0.0.1:1/app';
    const ways = ['relay', 'auto', 'git'] as const;
    for (const outcome of await Promise.all(ways.map((via) => pair.mirror({ via, source })))) {
      expect(['refused', 'failed']).toContain(outcome.result);
      expect(JSON.stringify(outcome)).not.toContain('wr0ng');
    }
  });
});

describe("CodeCommit's git password", () => {
  interface Vector {
    readonly url: string;
    readonly region: string;
    readonly at: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    readonly username: string;
    readonly password: string;
  }
  const file = new URL('./vectors/codecommit-vectors.json', import.meta.url);
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };

  it.each(vectors)("is the AWS CLI's own for $url at $at", ({ url, region, at, username, password, ...keys }) => {
    expect(gitCredentials(url, region, keys, Date.parse(at))).toEqual({ username, password });
    const { hostname, pathname } = new URL(url);
    const timestamp = at.replace(/[-:Z]/g, '');
    expect(signCodeCommit({ ...keys, region, host: hostname, path: pathname, timestamp })).toBe(password);
  });
});
