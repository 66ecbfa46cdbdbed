/** CodeCommit's git over HTTP, as far as a pusher speaks with it: receive-pack, with each ref compared before it is changed. */
import type { HostAnswer, HostRequest, HostServer } from '@hourglass/cloud';
import type { Sources } from '../sources.ts';
import { idOf, idsUpTo, pushOf, readPack } from './objects.ts';
import { FLUSH, inBand, packet, readLines } from './packets.ts';

/** What befalls one request. `moves`: somebody else pushes just before. `lost`: it is done, and its answer never comes. */
export type DestinationFate = 'hangs' | 'busy' | 'moves' | 'lost' | undefined;

export interface DestinationServerOptions {
  sources: Sources;
  isThere(repository: string): boolean;
  fateOf(isPush: boolean): DestinationFate;
  delayMs(): number;
  /** A pack came to its end, and is none. */
  onBroken(repository: string, why: string): void;
}

const TYPE = 'application/x-git-receive-pack';
const BRANCH = 'refs/heads/main';
const NONE = '0'.repeat(40);
/** What somebody else has pushed. */
const FOREIGN = 'f'.repeat(40);

export function createDestinationServer(options: DestinationServerOptions): HostServer {
  const { sources, isThere, fateOf, delayMs, onBroken } = options;
  /** What has ever come by a push, by repository. */
  const stored = new Map<string, Set<string>>();
  const shown = (repository: string) => {
    const { mirrored, isForeign } = sources.of(`mirror:${repository}`);
    return isForeign ? FOREIGN : mirrored === 0 ? NONE : idOf(repository, mirrored);
  };
  const plain = (status: number): HostAnswer => ({ status, headers: {}, body: Buffer.alloc(0), afterMs: delayMs() });
  const take = (repository: string, body: Buffer): Buffer => {
    const { lines, rest } = readLines(body);
    const [from = '', to = '', ref = ''] = (lines[0] ?? '').split('\0')[0]?.split(' ') ?? [];
    const report = (unpack: string, said: string) =>
      Buffer.concat([inBand(Buffer.concat([packet(`unpack ${unpack}\n`), packet(said), FLUSH])), FLUSH]);
    const source = sources.of(`mirror:${repository}`);
    const there = stored.get(repository) ?? new Set<string>();
    for (const id of idsUpTo(repository, source.mirrored)) there.add(id);
    stored.set(repository, there);
    let ids: string[];
    try {
      ids = readPack(rest);
    } catch (error) {
      onBroken(repository, (error as Error).message);
      return report((error as Error).message, `ng ${ref} unpacker error\n`);
    }
    const push = pushOf(repository, to, source.head);
    const needed = push === undefined ? [to] : idsUpTo(repository, push);
    if (push === undefined || !needed.every((id) => there.has(id) || ids.includes(id))) {
      return report('ok', `ng ${ref} missing necessary objects\n`);
    }
    if (from !== shown(repository)) return report('ok', `ng ${ref} failed to update ref\n`);
    for (const id of ids) there.add(id);
    Object.assign(source, { mirrored: push, isForeign: false });
    return report('ok', `ok ${ref}\n`);
  };
  return (request: HostRequest) => {
    // There is no endpoint for it in the VPC.
    if (request.functionName.endsWith('-fetcher')) return 'hangs';
    const [, repository = '', what = ''] = /^\/v1\/repos\/([^/]+)\/(.*)$/.exec(request.path) ?? [];
    const isPush = request.method === 'POST' && request.body.length > FLUSH.length;
    const fate = fateOf(isPush);
    if (fate === 'hangs') return 'hangs';
    if (fate === 'busy') return plain(429);
    if (request.headers.authorization === undefined) return plain(401);
    if (!isThere(repository)) return plain(404);
    const answerWith = (kind: string, body: Buffer): HostAnswer => {
      return { status: 200, headers: { 'content-type': `${TYPE}-${kind}` }, body, afterMs: delayMs() };
    };
    if (what.startsWith('info/refs')) {
      const offers = 'report-status side-band-64k delete-refs thin-pack';
      const id = shown(repository);
      const line = `${id} ${id === NONE ? 'capabilities^{}' : BRANCH}\0${offers}\n`;
      return answerWith(
        'advertisement',
        Buffer.concat([packet('# service=git-receive-pack\n'), FLUSH, packet(line), FLUSH]),
      );
    }
    if (!isPush) return answerWith('result', Buffer.alloc(0));
    if (fate === 'moves') sources.of(`mirror:${repository}`).isForeign = true;
    const answer = answerWith('result', take(repository, request.body));
    return fate === 'lost' ? { ...answer, breaksAt: 0 } : answer;
  };
}
