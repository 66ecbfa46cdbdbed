/**
 * Brings the objects of a history to the destination in several pushes, oldest first, before the refs themselves are pushed.
 *
 * Each slice comes under temporary refs that hold it; those of the slice before, which the new ones reach, go with the next push. A slice
 * that is refused or cut is made smaller, never sent again as it was. Cut off at any point, the next run finds the temporary refs, and
 * takes what they reach for granted.
 */
import { PackRefused, RelayFailed } from '../errors.ts';
import type { Advertisement } from '../protocol/capabilities.ts';
import type { RefCommand } from '../protocol/receive-commands.ts';
import { pushPack } from '../push-pack.ts';
import type { RunContext } from '../run-context.ts';
import type { Sides } from '../sides.ts';
import { orderCommits } from './commit-order.ts';
import type { History, Slice } from './history.ts';
import { openHistoryByDepth } from './history-by-depth.ts';
import { historyByOrder } from './history-by-order.ts';
import type { Ceiling } from './pace.ts';
import { NAMESPACES, nameTemporaryRef, readTemporaryRef } from './temporary-refs.ts';

export interface SlicesRequest {
  /** Objects that selected refs of the source point to, without what the destination shows. */
  readonly tips: readonly string[];
  /** What goes first: the default branch's. */
  readonly first: string | undefined;
  readonly there: Advertisement;
  readonly temporary: ReadonlyMap<string, string>;
  readonly maxRefsPerPush: number;
  readonly ceiling: Ceiling;
}

/** As many lines as a source may have to read for every slice. */
const MAX_KNOWN = 2000;
/** Of a slice that cannot be made smaller, while its connection breaks. */
const MAX_CUTS = 5;
/** What the destination does not let a mirror in slices do, it does not let git do. */
const LAST = { isLast: true };

/** @throws PackRefused if even the smallest slice is refused; RelayFailed, SourceMoved, MirrorRefused */
export async function pushSlices(sides: Sides, request: SlicesRequest, context: RunContext): Promise<void> {
  const { there, temporary } = request;
  if (!there.capabilities.has('delete-refs')) {
    throw new RelayFailed(
      'a mirror in slices needs temporary refs, and the destination does not allow deletions',
      undefined,
      LAST,
    );
  }
  if (there.isShallow)
    throw new RelayFailed('the destination is a shallow clone, which takes no history in slices', undefined, LAST);
  const offers = await sides.source.git.offers();
  if (!offers.anyCommit) throw new RelayFailed('the source gives no parts of its history in protocol v0');
  const known = [...new Set([...temporary.values(), ...there.refs.values(), ...there.alsoHas])];
  const push = new SlicePush(sides, request, context);
  if (offers.filter) {
    const order = await orderByFilter(sides, request, known, context).catch((error: unknown) => {
      if (!offers.depth || !(error instanceof RelayFailed) || error.name !== 'RelayFailed' || error.isLast) throw error;
      return undefined;
    });
    if (order !== undefined) return push.all(historyByOrder(order, [...temporary.values()]));
  }
  if (!offers.depth) throw new RelayFailed('the source gives no parts of its history');
  const some = known.slice(0, MAX_KNOWN);
  const { first, tips } = request;
  if (first !== undefined) await push.all(await openHistoryByDepth(sides.source.git, [first], some));
  const rest = tips.filter((oid) => oid !== first);
  if (rest.length === 0) return;
  await push.all(await openHistoryByDepth(sides.source.git, rest, first === undefined ? some : [first, ...some]));
}

async function orderByFilter(sides: Sides, request: SlicesRequest, known: readonly string[], context: RunContext) {
  const { tips, first, there } = request;
  context.progress.enter('negotiating');
  const filter = 'tree:0';
  const asked = { wants: tips, haves: [], thin: false, ofsDelta: true, certain: true, filter };
  const { bytes } = await sides.source.git.fetchPack(asked);
  return orderCommits({ format: there.objectFormat, commits: bytes, first, tips, known, options: context.options });
}

class SlicePush {
  readonly #sides: Sides;
  readonly #request: SlicesRequest;
  readonly #context: RunContext;
  /** Temporary refs that are there, by object. */
  readonly #names = new Map<string, string>();
  #namespace: (typeof NAMESPACES)[number] = NAMESPACES[0];
  /** Objects and bytes of what has passed. */
  #sent = { objects: 0, bytes: 0 };

  constructor(sides: Sides, request: SlicesRequest, context: RunContext) {
    this.#sides = sides;
    this.#request = request;
    this.#context = context;
    for (const [name, oid] of request.temporary) {
      this.#names.set(oid, name);
      this.#namespace = readTemporaryRef(name)?.namespace ?? this.#namespace;
    }
  }

  /** Every slice of a history. */
  async all(history: History): Promise<void> {
    const { ceiling } = this.#request;
    /** Temporary refs of this history. */
    const own = new Set<string>();
    let cuts = 0;
    let smallest = false;
    try {
      for (let slice = await history.next(); slice !== undefined; slice = await history.next()) {
        try {
          const bytes = await this.#push(slice, history, own, smallest);
          history.passed(bytes, ceiling.aim);
          cuts = 0;
          smallest = false;
        } catch (error) {
          this.#context.options.signal?.throwIfAborted();
          if (!(error instanceof PackRefused)) throw error;
          ceiling.lower(error.bytes, error.by);
          // The answer may be lost and the slice be there.
          if (error.by === 'cut' && (await this.#arrived(slice))) history.passed(error.bytes, ceiling.aim);
          else if (!history.halve()) {
            // Refused by size, it would be refused again; but what is guessed of its size may be wrong, and a connection may hold.
            if (error.by === 'limit' ? smallest : error.by === 'status' || ++cuts >= MAX_CUTS)
              throw tooBig(slice, error);
            smallest = true;
          }
        }
      }
    } finally {
      await history.close();
    }
  }

  /** @returns the bytes of its pack, 0 if there was nothing to send */
  async #push(slice: Slice, history: History, own: Set<string>, smallest: boolean): Promise<number> {
    const { there, ceiling } = this.#request;
    const { git } = this.#sides.source;
    if (slice.wants.every((oid) => this.#names.has(oid))) return 0;
    const pack = await git.fetchPack({
      wants: slice.wants,
      haves: slice.haves,
      thin: !there.capabilities.has('no-thin'),
      ofsDelta: there.capabilities.has('ofs-delta'),
      certain: true,
    });
    const guessed = this.#sent.objects === 0 ? 0 : (pack.objects * this.#sent.bytes) / this.#sent.objects;
    if (pack.objects === 0 || (!smallest && (guessed > ceiling.bytes * 1.5 || !history.isWorthSending()))) {
      for await (const _ of pack.bytes) if (pack.objects > 0) break;
      if (pack.objects === 0) return 0;
      throw new PackRefused('it would be too big', guessed, 'limit');
    }
    const commands = this.#commands(slice, history, own);
    const limit = smallest ? ceiling.most : Math.min(ceiling.bytes, ceiling.most);
    const { report, bytes } = await pushPack(this.#sides, { commands, pack, there, limit }, this.#context);
    const refused = commands.filter(({ ref, to }) => to !== undefined && !report.accepted.has(ref));
    for (const { ref, to } of commands) {
      if (to !== undefined && report.accepted.has(ref)) this.#names.set(to, ref);
      if (to !== undefined) own.add(to);
    }
    for (const { ref, from, to } of commands) {
      if (to === undefined && from !== undefined && report.accepted.has(ref)) this.#names.delete(from);
    }
    if (refused.length > 0) return this.#elsewhere(refused, report.rejected, slice, history, own, smallest);
    this.#sent = { objects: this.#sent.objects + pack.objects, bytes: this.#sent.bytes + bytes };
    this.#context.slices += 1;
    return bytes;
  }

  /** Servers that take branches and tags only get branches. */
  async #elsewhere(
    refused: readonly RefCommand[],
    reasons: ReadonlyMap<string, string>,
    ...again: [Slice, History, Set<string>, boolean]
  ): Promise<number> {
    // What another run has made in between is there all the same.
    if (await this.#arrived(again[0])) return 0;
    const [ref = ''] = refused.map((command) => command.ref);
    const reason = reasons.get(ref) ?? 'it has given no reason';
    if (this.#namespace === NAMESPACES[1]) {
      throw new RelayFailed(`the destination does not take the temporary ref ${ref}: ${reason}`, undefined, LAST);
    }
    this.#namespace = NAMESPACES[1];
    return this.#push(...again);
  }

  /** Temporary refs for the slice, and away with those that the slice before has made needless. */
  #commands(slice: Slice, history: History, own: ReadonlySet<string>): RefCommand[] {
    const { ceiling, maxRefsPerPush } = this.#request;
    const made = slice.wants
      .filter((oid) => !this.#names.has(oid))
      .map((to) => {
        const ref = nameTemporaryRef({ namespace: this.#namespace, oid: to, bytes: Math.floor(ceiling.bytes) });
        return { ref, from: undefined, to };
      });
    if (made.length > maxRefsPerPush) throw new PackRefused('it would have too many refs', 0, 'limit');
    const wants = new Set(slice.wants);
    const gone = [...this.#names]
      .filter(([oid]) => own.has(oid) && !history.isHeld(oid) && !wants.has(oid))
      .map(([from, ref]) => ({ ref, from, to: undefined }));
    return [...gone.slice(0, maxRefsPerPush - made.length), ...made];
  }

  async #arrived(slice: Slice): Promise<boolean> {
    const { refs } = await this.#sides.destination.git.list();
    for (const [name, oid] of refs) if (readTemporaryRef(name) !== undefined) this.#names.set(oid, name);
    return slice.wants.every((oid) => this.#names.has(oid));
  }
}

function tooBig({ wants }: Slice, error: PackRefused): PackRefused {
  const [commit = ''] = wants;
  const fails = error.by === 'cut' ? 'does not get through in one push' : 'is too big for one push';
  const what = `${wants.length === 1 ? `commit ${commit} alone` : 'the smallest slice'} ${fails}`;
  return new PackRefused(`${what}: ${error.message}`, error.bytes, error.by);
}
