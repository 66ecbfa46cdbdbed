/**
 * What is new, sent to every page that listens. The deployment is read only while somebody listens: one reading for all. Each event has an id; who comes
 * back with the last one that it had gets what it missed, or is asked to begin anew (`reset`) where that is no longer kept.
 */
import { randomBytes } from 'node:crypto';
import type { HistoryEntry, Status } from '@hourglass/operations';
import type { FeedEvent } from '../model/feed.ts';
import type { ConsoleSource } from '../source.ts';

export interface FeedOptions {
  readonly source: Pick<ConsoleSource, 'readStatus' | 'readHistory'>;
  /** Between the end of a reading and the next. */
  readonly everyMs: number;
  /** Gets what has ended newly, before the pages do. */
  readonly onHistory?: (entries: readonly HistoryEntry[]) => void;
  /** More has ended than one reading holds, so something was missed. */
  readonly onGap?: () => void;
  readonly explain: (error: unknown) => string;
}

export interface Sent {
  readonly id: string;
  readonly event: FeedEvent;
}

export type Listener = (sent: Sent) => void;

/** Kept for those who come back. */
const KEPT = 200;
/** Of one reading; more than that at once makes the pages begin anew. */
const MAX_NEW = 200;
/** An entry may be written a little after the time that it bears. */
const OVERLAP_MS = 5 * 60_000;
/** Failures are read ever more slowly, up to this. */
const MAX_WAIT_MS = 60_000;

export class Feed {
  readonly #options: FeedOptions;
  readonly #boot = randomBytes(6).toString('base64url');
  readonly #listeners = new Set<Listener>();
  readonly #kept: Sent[] = [];
  #count = 0;
  #status: Status | undefined;
  #failure: string | undefined;
  #failedInRow = 0;
  #seen = new Map<string, number>();
  /** Of the newest entry that was seen; until there is one, the moment of the first reading. */
  #newestMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | undefined;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** The last that was read. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** For tests and the bench: what is held. */
  get held(): { readonly kept: number; readonly seen: number; readonly listeners: number } {
    return { kept: this.#kept.length, seen: this.#seen.size, listeners: this.#listeners.size };
  }

  /** Sends at once how it stands, then what was missed since `lastId`, then what comes. @returns ends it */
  listen(listener: Listener, lastId?: string): () => void {
    const missed = this.#missedSince(lastId);
    if (missed === undefined) listener({ id: this.#idNow(), event: { kind: 'reset' } });
    else for (const sent of missed) listener(sent);
    if (this.#status !== undefined) listener({ id: this.#idNow(), event: { kind: 'status', status: this.#status } });
    if (this.#failure !== undefined) listener({ id: this.#idNow(), event: { kind: 'failed', message: this.#failure } });
    this.#listeners.add(listener);
    void this.refresh();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) clearTimeout(this.#timer);
    };
  }

  /** Reads now. Who asks while a reading is under way gets that one. */
  refresh(): Promise<void> {
    clearTimeout(this.#timer);
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
      this.#wait();
    });
    return this.#reading;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #wait(): void {
    clearTimeout(this.#timer);
    if (this.#closed || this.#listeners.size === 0) return;
    const waitMs = Math.min(MAX_WAIT_MS, this.#options.everyMs * 2 ** Math.min(this.#failedInRow, 6));
    this.#timer = setTimeout(() => void this.refresh(), Math.max(waitMs, this.#options.everyMs));
    this.#timer.unref();
  }

  async #read(): Promise<void> {
    try {
      const status = await this.#options.source.readStatus();
      const first = this.#newestMs === undefined;
      this.#newestMs ??= Date.parse(status.now);
      const read = await this.#options.source.readHistory({ sinceMs: this.#newestMs - OVERLAP_MS, limit: MAX_NEW });
      this.#failedInRow = 0;
      this.#failure = undefined;
      this.#takeHistory(read, first);
      this.#takeStatus(status);
    } catch (error) {
      this.#failedInRow += 1;
      this.#failure = this.#options.explain(error);
      this.#publish({ kind: 'failed', message: this.#failure });
    }
  }

  #takeHistory(read: readonly HistoryEntry[], first: boolean): void {
    const fresh = read.filter((entry) => !this.#seen.has(idOf(entry)));
    for (const entry of fresh) {
      const endedMs = Date.parse(entry.finishedAt);
      this.#seen.set(idOf(entry), endedMs);
      this.#newestMs = Math.max(this.#newestMs ?? endedMs, endedMs);
    }
    const oldestMs = (this.#newestMs ?? 0) - 2 * OVERLAP_MS;
    for (const [id, endedMs] of this.#seen) if (endedMs < oldestMs) this.#seen.delete(id);
    // The pages ask for what was there before.
    if (fresh.length === 0 || first) return;
    this.#options.onHistory?.(fresh);
    if (fresh.length >= MAX_NEW) {
      this.#options.onGap?.();
      this.#publish({ kind: 'reset' });
    } else this.#publish({ kind: 'history', entries: fresh.map(withoutChanges) });
  }

  #takeStatus(status: Status): void {
    const same = this.#status !== undefined && isSameButTime(this.#status, status);
    this.#status = status;
    // A clock is kept by nobody: a later one says it all.
    if (same)
      this.#send({ id: this.#idNow(), event: { kind: 'clock', now: status.now, minutesLeft: status.minutesLeft } });
    else this.#publish({ kind: 'status', status });
  }

  #publish(event: FeedEvent): void {
    this.#count += 1;
    const sent = { id: this.#idNow(), event };
    // Status and failure are sent to whoever comes anyway.
    if (event.kind === 'history' || event.kind === 'reset') {
      this.#kept.push(sent);
      if (this.#kept.length > KEPT) this.#kept.shift();
    }
    this.#send(sent);
  }

  #send(sent: Sent): void {
    for (const listener of [...this.#listeners]) listener(sent);
  }

  #idNow(): string {
    return `${this.#boot}-${this.#count}`;
  }

  /** Undefined: not known any more. */
  #missedSince(lastId: string | undefined): readonly Sent[] | undefined {
    if (lastId === undefined) return [];
    const cut = lastId.lastIndexOf('-');
    const [boot, count] = [lastId.slice(0, cut), lastId.slice(cut + 1)];
    const number = Number(count);
    if (boot !== this.#boot || !Number.isInteger(number) || number > this.#count) return undefined;
    const later = this.#kept.filter(({ id }) => numberOf(id) > number);
    const oldest = this.#kept[0];
    const forgotten = this.#kept.length === KEPT && oldest !== undefined && numberOf(oldest.id) > number + 1;
    return forgotten ? undefined : later;
  }
}

const numberOf = (id: string): number => Number(id.slice(id.lastIndexOf('-') + 1));

const idOf = ({ requestId, finishedAt }: HistoryEntry): string => `${requestId} ${finishedAt}`;

/** Single refs are asked for with the request. */
export function withoutChanges(entry: HistoryEntry): HistoryEntry {
  if (entry.carried?.changes === undefined) return entry;
  const { changes: _, ...carried } = entry.carried;
  return { ...entry, carried };
}

function isSameButTime(one: Status, other: Status): boolean {
  const bare = (status: Status) => JSON.stringify({ ...status, now: null, minutesLeft: null });
  return bare(one) === bare(other);
}
