/** Receive-pack's advertisement as CodeCommit gives it: the same refs, fewer capabilities. */

/** What CodeCommit answers in place of git's own list, as seen from outside. */
const CODECOMMIT = ['report-status', 'side-band-64k', 'delete-refs', 'thin-pack'];

export type Capabilities = 'codecommit' | 'git';

/**
 * Rewrites the capabilities behind the first ref (or the capabilities^{} line) of an advertisement.
 * SHA-256 keeps `object-format`, without which no client could understand the ids.
 */
export function rewriteAdvertisement(body: Buffer, capabilities: Capabilities, noThin: boolean): Buffer {
  let at = 0;
  while (at + 4 <= body.length) {
    const length = Number.parseInt(body.subarray(at, at + 4).toString('latin1'), 16);
    const line = body.subarray(at + 4, at + Math.max(length, 4));
    const mark = line.indexOf(0);
    if (mark >= 0) {
      const own = line
        .subarray(mark + 1)
        .toString('utf8')
        .trim()
        .split(' ');
      const kept = capabilities === 'git' ? own : [...CODECOMMIT, ...own.filter((word) => word.endsWith('=sha256'))];
      if (noThin) kept.push('no-thin');
      const text = Buffer.concat([line.subarray(0, mark + 1), Buffer.from(`${kept.join(' ')}\n`)]);
      return Buffer.concat([body.subarray(0, at), packetLine(text), body.subarray(at + length)]);
    }
    at += Math.max(length, 4);
  }
  return body;
}

/** Frames bytes as one pkt-line. */
export function packetLine(text: Buffer | string): Buffer {
  const bytes = Buffer.from(text as string);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, '0')), bytes]);
}
