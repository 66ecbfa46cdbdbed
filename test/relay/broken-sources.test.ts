/** A source that is damaged: nothing is written, and what is wrong there is named, by its ref where a ref is. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git, refsOf } from './git.ts';
import { createPair, type Pair } from './pair.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await createPair();
  await pair.commit('main');
});
afterEach(() => pair.close());

const NOBODY = '1234567890123456789012345678901234567890';
const setRef = (name: string, text: string) => writeFileSync(join(pair.source, 'refs/heads', name), text);
/** The file of a loose object. */
function removeObject(name: string): string {
  const oid = git(pair.source, 'rev-parse', name);
  rmSync(join(pair.source, 'objects', oid.slice(0, 2), oid.slice(2)));
  return oid;
}

describe.each(['relay', 'git'] as const)('by %s', (via) => {
  it.each([
    ['holds rubbish', 'no id\n'],
    ['is empty', ''],
  ])('a ref that %s is named, and can be left out', async (_, text) => {
    setRef('bad', text);
    const { result, message } = await pair.mirror({ via });
    expect({ result, message }).toEqual({
      result: 'refused',
      message: expect.stringMatching(
        /^the source's ref refs\/heads\/bad shows no object: it is broken there; .*exclude/,
      ),
    });
    expect(refsOf(pair.destination)).toEqual([]);
    expect((await pair.mirror({ via, exclude: ['bad'] })).result).toBe('mirrored');
    expect(refsOf(pair.destination)).toHaveLength(1);
  });

  it('a ref whose object is not there is named', async () => {
    setRef('gone', `${NOBODY}\n`);
    const { result, message } = await pair.mirror({ via });
    expect(result).toBe('failed');
    expect(message).toContain(`${NOBODY} (refs/heads/gone)`);
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('an object that is missing in the history is reported as the server reports it', async () => {
    const oid = removeObject('main:main.txt');
    const { result, message } = await pair.mirror({ via });
    expect({ result, message }).toEqual({
      result: 'failed',
      message: expect.stringContaining(`unable to read ${oid}`),
    });
    expect(refsOf(pair.destination)).toEqual([]);
  });

  it('what only looks odd is no damage: refs that point to nothing or to each other, and a HEAD that does', async () => {
    await pair.commit('x');
    for (const [name, to] of [
      ['alias', 'x'],
      ['nothing', 'gone'],
      ['one', 'two'],
      ['two', 'one'],
    ] as const)
      setRef(name, `ref: refs/heads/${to}\n`);
    writeFileSync(join(pair.source, 'HEAD'), 'ref: refs/heads/gone\n');
    git(pair.source, 'update-ref', 'refs/notes/commits', 'main');
    git(pair.source, 'update-ref', 'refs/pull/1/head', 'main');
    const { result, refs } = await pair.mirror({ via });
    expect({ result, refs }).toMatchObject({ result: 'mirrored', refs: { created: 3 } });
    expect(refsOf(pair.destination).map((line) => line.slice(41))).toEqual([
      'refs/heads/alias',
      'refs/heads/main',
      'refs/heads/x',
    ]);
  });
});
