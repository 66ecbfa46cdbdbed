/** One push: a pack goes from the source's answer into its body as it comes, counted, and stopped if it is bigger than it may be. */
import { PackRefused, RelayFailed, SourceMoved, StoredPackBroken, UnpackFailed } from './errors.ts';
import type { Advertisement } from './protocol/capabilities.ts';
import { encodeCommands, type RefCommand } from './protocol/receive-commands.ts';
import type { PushReport } from './protocol/report-status.ts';
import { ServerWords, withWords } from './protocol/server-words.ts';
import type { RunContext } from './run-context.ts';
import { createRedactFor, type Side, type Sides } from './sides.ts';
import type { Pack } from './source.ts';
import { createSweep } from './sweep.ts';

/** Where packs go, and whose secrets must not be shown. */
export interface PushTarget {
  readonly source?: Side;
  readonly destination: Sides['destination'];
}

export type PushContext = Pick<RunContext, 'progress' | 'lfs' | 'arrived'>;

export interface PackPush {
  readonly commands: readonly RefCommand[];
  /** undefined: deletions only. */
  readonly pack: Pack | undefined;
  readonly there: Advertisement;
  /** Bytes of the whole push. */
  readonly limit: number;
}

/** A smaller pack would not have been sent in chunks, or not have taken so long. */
const BIG_BYTES = 1024 * 1024;
/** So little takes no time: a front that says 502 or 504 of it means the server behind it. */
const SMALL_BYTES = 64 * 1024;
/** The server, or a front of it, has seen that a body is too big, or wants to know its length. */
const TOO_BIG = new Set([411, 413]);
/** It took too long: also what fronts say of a server that went away meanwhile. */
const TOO_LONG = new Set([408, 502, 504, 520, 521, 522, 523, 524]);

/** @throws PackRefused if a smaller push may pass; RelayFailed, SourceMoved, MirrorRefused */
export async function pushPack(
  target: PushTarget,
  push: PackPush,
  context: PushContext,
): Promise<{ readonly report: PushReport; readonly bytes: number }> {
  const { there, pack } = push;
  if (!there.capabilities.has('report-status')) throw new RelayFailed('the destination does not report on pushes');
  const commands = encodeCommands(push.commands, there);
  const passed = { bytes: commands.length };
  const words = new ServerWords();
  const sideBand = there.capabilities.has('side-band-64k');
  const shape = { sideBand, maxRefs: push.commands.length, onText: (text: string) => words.add(text) };
  const body = pack && watched(pack, passed, push.limit, context);
  try {
    const report = await target.destination.git.push(commands, body, shape);
    const redact = createRedactFor([target.source, target.destination]);
    const said = words.reported(redact);
    if (report.unpackError !== undefined) {
      const failure = withWords(redact(`the destination could not unpack: ${report.unpackError}`), said);
      throw unpackFailed(failure, passed.bytes);
    }
    // The words are about the whole push: they are shown once.
    const rejected = new Map(
      [...report.rejected].map(([ref, reason], n) => [ref, withWords(redact(reason), n === 0 ? said : '')]),
    );
    return { report: { ...report, rejected }, bytes: passed.bytes };
  } catch (error) {
    throw explain(error, passed.bytes);
  }
}

function explain(error: unknown, bytes: number): unknown {
  if (!(error instanceof RelayFailed) || error instanceof SourceMoved) return error;
  if (error instanceof PackRefused || error instanceof UnpackFailed || error instanceof StoredPackBroken) return error;
  const { status, message } = error;
  if (status !== undefined && TOO_BIG.has(status)) {
    return new PackRefused(message, status === 411 ? Math.min(bytes, BIG_BYTES) : bytes, 'status');
  }
  // Another size would not help.
  if (status === 500 || (status !== undefined && error.isLast)) return error;
  if ((status !== undefined && TOO_LONG.has(status) && bytes > SMALL_BYTES) || bytes > BIG_BYTES)
    return new PackRefused(message, bytes, 'cut');
  return error;
}

/** Some servers take the whole pack before they say that it was too big. */
function unpackFailed(message: string, bytes: number): RelayFailed {
  const big = /exceeds maximum|too (?:large|big)|size limit/i.test(message);
  // What is wrong with an object stays wrong, however it comes.
  const isLast = /fsck error/.test(message);
  return big ? new PackRefused(message, bytes, 'status') : new UnpackFailed(message, undefined, { isLast });
}

async function* watched(
  pack: Pack,
  passed: { bytes: number },
  limit: number,
  { progress, lfs }: PushContext,
): AsyncGenerator<Buffer, void, undefined> {
  progress.count({ objects: pack.objects });
  const sweep = createSweep();
  for await (const piece of pack.bytes) {
    passed.bytes += piece.length;
    if (passed.bytes > limit)
      throw new PackRefused(`its pack would be bigger than ${limit} bytes`, passed.bytes, 'limit');
    progress.carry(piece.length);
    lfs.look(piece);
    yield piece;
    sweep(piece.length);
  }
}
