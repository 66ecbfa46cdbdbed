/** Every reader of CodeCommit's names has one rule: what one takes, all take. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MirrorRefused } from '../errors.ts';
import { parseRemote } from '../remote.ts';
import { codeCommitRegion, readCodeCommit, refuseRepositoryName } from './address.ts';

const REGION = 'ap-northeast-1';
const long = (name: string) => `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/${name}`;

describe('a name', () => {
  it.each(['app', '.github', '-x', 'a.b_c-D', '...', 'x'.repeat(100), 'git', '.gitx'])('%s is taken', (name) => {
    expect(refuseRepositoryName(name)).toBeUndefined();
    expect(parseRemote(`codecommit::${REGION}://${name}`, 'destination')).toMatchObject({
      kind: 'http',
      url: long(name),
    });
    expect(parseRemote(long(name), 'destination')).toMatchObject({
      url: long(name),
      auth: { codeCommit: { region: REGION } },
    });
  });

  it.each(['', '.', '..', 'a/b', 'app.git', 'a b', 'caf\u00e9', 'x'.repeat(101), '%2e%2e', 'a\\b'])(
    '%j is refused, with why',
    (name) => {
      expect(refuseRepositoryName(name)).toMatch(/^must /);
      for (const address of [
        `codecommit::${REGION}://${name}`,
        `codecommit::${REGION}://profile@${name}`,
        long(name),
      ]) {
        expect(() => parseRemote(address, 'destination')).toThrow(MirrorRefused);
        expect(() => parseRemote(address, 'destination')).toThrow(/is refused: /);
      }
    },
  );

  it('that is taken stands in its address as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a.-_Z9/ @%:~'), maxLength: 12 }), (name) => {
        if (refuseRepositoryName(name) !== undefined) return;
        expect(new URL(long(name)).pathname).toBe(`/v1/repos/${name}`);
        expect(readCodeCommit(long(name))).toEqual({ region: REGION, name });
        expect(readCodeCommit(`codecommit::${REGION}://p@${name}`)).toEqual({ region: REGION, name, profile: 'p' });
      }),
    );
  });
});

it('knows the hosts of CodeCommit, in front of which an interface endpoint may stand, and no other', () => {
  const vpce = `vpce-0a1-b2.git-codecommit.${REGION}.vpce.amazonaws.com`;
  expect(
    [vpce, 'git-codecommit-fips.us-east-1.amazonaws.com', 'git-codecommit.cn-north-1.amazonaws.com.cn'].map(
      codeCommitRegion,
    ),
  ).toEqual([REGION, 'us-east-1', 'cn-north-1']);
  expect(codeCommitRegion('git-codecommit.x.amazonaws.com.evil.invalid')).toBeUndefined();
  expect(readCodeCommit('https://example.com/v1/repos/app')).toBeUndefined();
});
