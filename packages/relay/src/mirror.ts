/**
 * Mirrors a source to a destination by the first way that works: relay, relay without thin pack, git command.
 *
 * A way that fails leaves the destination's refs whole (each push is taken as a whole or not at all), so the next way starts from a new
 * look at both sides.
 */
import { MirrorRefused, NeedsGit, PackRefused, RelayFailed, SourceMoved } from './errors.ts';
import { LfsScan } from './lfs-scan.ts';
import type { MirrorOptions, MirrorResult } from './options.ts';
import { checkNumbers } from './options-check.ts';
import { describeOutcome, hasMoved, type Outcome } from './outcome.ts';
import { peakRssBytes } from './peak-memory.ts';
import { some } from './plan.ts';
import { ProgressReport } from './progress.ts';
import type { Refs } from './protocol/object-id.ts';
import { listSides, relay } from './relay.ts';
import type { RunContext } from './run-context.ts';
import { createRedactFor, createSides, type Sides, type Traffic } from './sides.ts';
import { warningsOf } from './warnings.ts';

type Way = MirrorResult['via'];

const WAYS: Record<NonNullable<MirrorOptions['via']>, readonly Way[]> = {
  auto: ['relay', 'relay-full-pack', 'git'],
  relay: ['relay', 'relay-full-pack'],
  git: ['git'],
};
/** After a push was refused for its size: no pack of that size is sent again. */
const WAYS_IN_SLICES: typeof WAYS = { auto: ['relay-slices', 'git'], relay: ['relay-slices'], git: [] };
/** Before these nothing was written. */
const WRITING: ReadonlySet<string> = new Set(['transferring', 'verifying', 'pushing', 'negotiating']);
/** Looks at a source that moves while it is read. */
const LOOKS = 3;

/**
 * Makes the selected refs of the destination those of the source.
 * @returns also if every way has failed: `result: 'failed'` with a message
 * @throws MirrorRefused for bad input, refused credentials and guards; the reason of `options.signal`
 */
export async function mirror(options: MirrorOptions): Promise<MirrorResult> {
  const nowMs = options.nowMs ?? Date.now;
  const startedMs = nowMs();
  options.signal?.throwIfAborted();
  checkNumbers(options);
  const traffic: Traffic = { bytesFromSource: 0, bytesToDestination: 0 };
  const context: RunContext = {
    options,
    progress: new ProgressReport(options.onProgress, nowMs),
    lfs: new LfsScan(),
    source: undefined,
    firstSeen: undefined,
    arrived: new Map(),
    refused: undefined,
    isSliced: false,
    slices: 0,
  };
  const sides = createSides(options, traffic);
  const redact = createRedactFor([sides.source, sides.destination]);
  const why: string[] = [];
  let ways = WAYS[options.via ?? 'auto'];
  let needsGit: NeedsGit | undefined;
  let byRelay: string | undefined;
  const finish = (via: Way, rest: Partial<MirrorResult> & Pick<MirrorResult, 'result'>): MirrorResult => ({
    via,
    why,
    refs: { created: 0, updated: 0, deleted: 0, rejected: [] },
    tips: [],
    sourceRefs: 0,
    slices: context.slices,
    lfsPointers: context.lfs.found,
    warnings: [],
    moved: false,
    ...traffic,
    durationMs: nowMs() - startedMs,
    peakRssBytes: peakRssBytes(),
    ...rest,
  });
  try {
    for (;;) {
      const [via, ...others] = ways;
      if (via === undefined) throw new TypeError('there is always a way');
      try {
        const outcome = await go(via, sides, traffic, context);
        // What an earlier way has written counts too.
        const taken = via === 'relay' && context.slices > 0 ? 'relay-slices' : via;
        const before = context.firstSeen ?? outcome.before;
        const warnings = await warn({ ...outcome, before }, sides, context);
        const moved = hasMoved({ ...outcome });
        return finish(taken, { ...describeOutcome({ ...outcome, before }), warnings, moved });
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof MirrorRefused || error instanceof RelayFailed)
          error.message = redact(nameRefs(error.message, context.source));
        if (error instanceof MirrorRefused) throw await completeRefusal(error, needsGit, sides, context);
        if (!(error instanceof RelayFailed)) throw error;
        if (error instanceof NeedsGit) needsGit = error;
        // The relay's sentence is the clearer one, and has the server's request id.
        const message =
          via === 'git' && byRelay !== undefined && byRelay !== error.message
            ? `${byRelay}; by git: ${error.message}`
            : error.message;
        byRelay = error.message;
        why.push(`${via}: ${error.message}`);
        if (error.isLast) ways = [];
        else if (context.isSliced) {
          // What is too big for one push of the relay is so for git's.
          ways = error instanceof PackRefused ? [] : others.slice(-1).filter((way) => way === 'git');
        } else if (error instanceof PackRefused) {
          context.refused = error;
          ways = WAYS_IN_SLICES[options.via ?? 'auto'];
        } else ways = error instanceof NeedsGit ? others.filter((way) => way === 'git') : others;
        if (ways.length === 0) {
          const written = error.wantsPause ? reckonWritten(context) : await readWritten(sides, context);
          return finish(via, { ...written, result: 'failed', message });
        }
        // Where not even a list of refs could be had, the kind of pack does not matter.
        if (context.progress.phase === 'listing') ways = ways.slice(-1);
      }
    }
  } finally {
    await sides.close().catch(() => {});
  }
}

async function go(via: Way, sides: Sides, traffic: Traffic, context: RunContext): Promise<Outcome> {
  for (let look = 1; ; look++) {
    try {
      if (via !== 'git') return await relay(sides, via === 'relay-full-pack', context);
      const { mirrorByGit } = await import('./git-cli/mirror-by-git.ts');
      return await mirrorByGit(sides, traffic, context);
    } catch (error) {
      sides.source.git.close();
      if (!(error instanceof SourceMoved) || look === LOOKS) throw error;
    }
  }
}

async function warn(outcome: Outcome, sides: Sides, { options, lfs }: RunContext): Promise<string[]> {
  const { source, before, listed, headTarget } = outcome;
  const tips = [...new Set([source.get(headTarget ?? ''), ...source.values()])].flatMap((oid) => oid ?? []);
  const lfsExample =
    lfs.noted?.example ?? (lfs.found ? await findLfsExample(sides, lfs.pointers, tips, options.signal) : undefined);
  const reported = { listed: listed.refs, headTarget: listed.headTarget, selection: options, lfs, lfsExample };
  return warningsOf({ ...reported, selected: source.size, before: before.size });
}

/** With the ref behind an object's id that a server complains of. */
function nameRefs(message: string, source: Refs | undefined): string {
  return message.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b(?! \()/g, (oid) => {
    const names = [...(source ?? [])].filter(([, shown]) => shown === oid).map(([name]) => name);
    return names.length === 0 ? oid : `${oid} (${some(names)})`;
  });
}

/** Looked for only where there is one: it costs the source a question. */
async function findLfsExample(...given: Parameters<typeof import('./lfs-example.ts').findLfsExample>) {
  const { findLfsExample } = await import('./lfs-example.ts');
  return findLfsExample(...given);
}

/** With what had been tried before, and what was written before it came. */
async function completeRefusal(
  error: MirrorRefused,
  needsGit: NeedsGit | undefined,
  sides: Sides,
  context: RunContext,
): Promise<MirrorRefused> {
  const reported =
    needsGit === undefined ? error : new MirrorRefused(`${needsGit.message}; ${error.message}`, error.kind);
  const { refs } = await readWritten(sides, context).catch((): Partial<MirrorResult> => ({}));
  if (refs !== undefined && refs.created + refs.updated + refs.deleted > 0) {
    const { created, updated, deleted } = refs;
    reported.written = { created, updated, deleted };
  }
  return reported;
}

/** As `readWritten`, of a mirror that must not ask again now: by what was reported. */
function reckonWritten({ source, firstSeen: before, arrived }: RunContext): Partial<MirrorResult> {
  if (source === undefined || before === undefined) return {};
  const after = new Map(before);
  for (const [ref, oid] of arrived) {
    if (oid === undefined) after.delete(ref);
    else after.set(ref, oid);
  }
  const { refs } = describeOutcome({ source, before, after, rejected: [], headTarget: undefined });
  return { refs, sourceRefs: source.size };
}

/** What a mirror that has failed has written all the same, by a new look. Where there is none, nothing is reported. */
async function readWritten(sides: Sides, { firstSeen, options, progress }: RunContext): Promise<Partial<MirrorResult>> {
  if (firstSeen === undefined || !WRITING.has(progress.phase)) return {};
  try {
    const { source, before: after } = await listSides(sides, options);
    const { refs } = describeOutcome({ source, before: firstSeen, after, rejected: [], headTarget: undefined });
    return { refs, sourceRefs: source.size };
  } catch {
    options.signal?.throwIfAborted();
    return {};
  }
}
