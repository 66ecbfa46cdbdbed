/** The item the comparisons start from: one attribute of every type. */

export const S = (text: string) => ({ S: text });
export const N = (number: number | string) => ({ N: String(number) });
export const K = (pk: string, sk: string) => ({ pk: S(pk), sk: S(sk) });

export const fullItem = {
  ...K('a', '1'),
  s: S('text'),
  n: N('12.50'),
  big: N('1e40'),
  neg: N('-0.0010'),
  z: N('0.0'),
  b: { B: 'AQID' },
  t: { BOOL: true },
  nu: { NULL: true },
  ss: { SS: ['b', 'a'] },
  ns: { NS: ['2', '1.0'] },
  bs: { BS: ['AQ==', 'Ag=='] },
  m: { M: { x: N(1), y: { M: { z: S('deep') } }, l: { L: [N(1), N(2)] } } },
  l: { L: [N(0), S('one'), { M: { k: S('v') } }, N(3)] },
  g: S('g1'),
  e: S(''),
};
