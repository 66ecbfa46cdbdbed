/**
 * Ids and names that AWS would make up. They come from a seeded generator, so that one history gives the same ids in every run.
 */

export interface Identifiers {
  newUuid(): string;
  newHex(length: number): string;
  /** Upper-case letters and digits, as access keys and CloudFormation's names have them. */
  newCode(length: number): string;
}

/** A generator (mulberry32) over `seed`. */
export function createIdentifiers(seed: number): Identifiers {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const pick = (alphabet: string, length: number): string => {
    let text = '';
    for (let index = 0; index < length; index++) {
      text += alphabet[next() % alphabet.length];
    }
    return text;
  };
  const newHex = (length: number): string => pick('0123456789abcdef', length);
  return {
    newHex,
    newCode: (length) => pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length),
    newUuid: () => `${newHex(8)}-${newHex(4)}-4${newHex(3)}-a${newHex(3)}-${newHex(12)}`,
  };
}
