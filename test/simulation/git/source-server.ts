/** The git server on premises, as far as a fetcher speaks with it: protocol v2 of upload-pack over HTTP. */
import type { HostAnswer, HostRequest, HostServer } from '@hourglass/cloud';
import type { Sources } from '../sources.ts';
import { idOf, packOf, pushOf } from './objects.ts';
import { DELIM, FLUSH, inBand, packet, readLines } from './packets.ts';

/** What befalls one request. `closes`: in the middle of its answer. `broken`: of a pack some bytes are not what they were. */
export type SourceFate = 'hangs' | 'closes' | 'broken' | 'busy' | undefined;

export interface SourceServerOptions {
  sources: Sources;
  fateOf(): SourceFate;
  delayMs(): number;
}

const TYPE = 'application/x-git-upload-pack';
const BRANCH = 'refs/heads/main';

export function createSourceServer({ sources, fateOf, delayMs }: SourceServerOptions): HostServer {
  const answer = (request: HostRequest): HostAnswer => {
    const [, repository = '', what = ''] = /^\/([^/]+)(?:\.git)?\/(.*)$/.exec(request.path) ?? [];
    const { head } = sources.of(`mirror:${repository}`);
    const answerWith = (kind: string, body: Buffer): HostAnswer => {
      return { status: 200, headers: { 'content-type': `${TYPE}-${kind}` }, body, afterMs: delayMs() };
    };
    if (what.startsWith('info/refs')) {
      const offers = ['version 2', 'agent=git/2.50', 'ls-refs', 'fetch', 'object-format=sha1'];
      const service = [packet('# service=git-upload-pack\n'), FLUSH];
      return answerWith(
        'advertisement',
        Buffer.concat([...service, ...offers.map((one) => packet(`${one}\n`)), FLUSH]),
      );
    }
    const { lines } = readLines(request.body);
    if (lines[0] === 'command=ls-refs') {
      const refs =
        head === 0
          ? []
          : [`${idOf(repository, head)} HEAD symref-target:${BRANCH}`, `${idOf(repository, head)} ${BRANCH}`];
      return answerWith('result', Buffer.concat([...refs.map((ref) => packet(`${ref}\n`)), FLUSH]));
    }
    return answerWith('result', packAnswer(repository, head, lines));
  };
  return (request) => {
    // Not to be reached but from the VPC.
    if (!request.functionName.endsWith('-fetcher')) return 'hangs';
    const fate = fateOf();
    if (fate === 'hangs') return 'hangs';
    if (fate === 'busy') return { status: 503, headers: {}, body: Buffer.alloc(0), afterMs: delayMs() };
    const given = answer(request);
    if (fate === 'closes') return { ...given, breaksAt: Math.floor(given.body.length / 2) };
    if (fate === 'broken' && given.body.includes('PACK')) {
      // Within the last packet of the pack: its checksum, before the flush.
      const body = Buffer.from(given.body);
      body[body.length - 6] = (body[body.length - 6] ?? 0) ^ 0xff;
      return { ...given, body };
    }
    return given;
  };
}

function packAnswer(repository: string, head: number, lines: string[]): Buffer {
  const named = (word: string) =>
    lines.flatMap((line) =>
      line.startsWith(`${word} `) ? [pushOf(repository, line.slice(word.length + 1), head)] : [],
    );
  const upTo = Math.max(0, ...named('want').map((push) => push ?? 0));
  const common = named('have').filter((push) => push !== undefined);
  const after = Math.max(0, ...common);
  const pack = [packet('packfile\n'), inBand(packOf(repository, Math.min(after, upTo), upTo)), FLUSH];
  if (lines.includes('done')) return Buffer.concat(pack);
  const acknowledged = common.map((push) => packet(`ACK ${idOf(repository, push)}\n`));
  if (common.length === 0) return Buffer.concat([packet('acknowledgments\n'), packet('NAK\n'), FLUSH]);
  return Buffer.concat([packet('acknowledgments\n'), ...acknowledged, packet('ready\n'), DELIM, ...pack]);
}
