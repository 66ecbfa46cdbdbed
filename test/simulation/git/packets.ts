/** Packets of git's protocols, in and out. https://git-scm.com/docs/gitprotocol-common */

export const FLUSH = Buffer.from('0000');
export const DELIM = Buffer.from('0001');
/** The most that a packet of side band 64k carries. */
const MOST = 65_515;

export function packet(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}

/** In the band that carries the answer itself. */
export function inBand(bytes: Buffer): Buffer {
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MOST) {
    packets.push(packet(Buffer.concat([Buffer.from([1]), bytes.subarray(at, at + MOST)])));
  }
  return Buffer.concat(packets);
}

/** The lines up to the first flush, and what follows it. */
export function readLines(body: Buffer): { lines: string[]; rest: Buffer } {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (!(length >= 0)) throw new Error('no packet');
    if (length === 0) return { lines, rest: body.subarray(at + 4) };
    if (length >= 4) lines.push(body.toString('utf8', at + 4, at + length).replace(/\n$/, ''));
    at += Math.max(4, length);
  }
}
