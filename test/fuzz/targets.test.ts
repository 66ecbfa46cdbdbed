/** Each target on what a real other side says and on a few thousand changes of it: the fuzzer without its guide, always the same. */
import { describe, expect, it } from 'vitest';
import { targets } from './targets/index.ts';

const ROUNDS = 150;
const SPLICES = ['0000', '0001', '0004', 'ffff', '\0', '\xff', '\n', ' ', '%', '\\', ':', '@', '{', '"', '\x1b[1m'];

describe.each(Object.entries(targets))('%s', (_, { run, seeds }) => {
  it('takes any bytes', async () => {
    let state = 1;
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (const seed of seeds) {
      await run(Buffer.from(seed, 'latin1'));
      for (let round = 0; round < ROUNDS; round++) {
        const [from, length] = [random(seed.length + 1), random(8)];
        const piece =
          random(2) === 0 ? (SPLICES[random(SPLICES.length)] ?? '') : seed.slice(random(seed.length)).slice(0, 9);
        const bytes = Buffer.from(seed.slice(0, from) + piece + seed.slice(from + length), 'latin1');
        await expect(Promise.resolve(run(bytes)), bytes.toString('latin1')).resolves.toBeUndefined();
      }
    }
  });
});
