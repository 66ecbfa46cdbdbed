/** The newest entries of the history, kept up by the feed: what search, doors and learned times are made of. Bounded, and without single refs. */
import type { HistoryEntry } from '@hourglass/operations';
import type { ConsoleSource } from '../source.ts';
import { withoutChanges } from './feed.ts';

export const RECENT_MAX = 2_000;

export class Recent {
  readonly #source: Pick<ConsoleSource, 'readHistory'>;
  #entries: HistoryEntry[] = [];
  #loading: Promise<void> | undefined;

  constructor(source: Pick<ConsoleSource, 'readHistory'>) {
    this.#source = source;
  }

  /** Newest first. */
  async entries(): Promise<readonly HistoryEntry[]> {
    this.#loading ??= this.#load().catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    await this.#loading;
    return this.#entries;
  }

  /** What has ended newly. */
  add(fresh: readonly HistoryEntry[]): void {
    if (this.#loading === undefined) return;
    const known = new Set(fresh.map(keyOf));
    const rest = this.#entries.filter((entry) => !known.has(keyOf(entry)));
    this.#entries = [...fresh.map(withoutChanges), ...rest]
      .sort((one, other) => other.finishedAt.localeCompare(one.finishedAt))
      .slice(0, RECENT_MAX);
  }

  /** Read anew when next asked: the feed has missed some. */
  forget(): void {
    this.#loading = undefined;
  }

  async #load(): Promise<void> {
    const read = await this.#source.readHistory({ limit: RECENT_MAX });
    this.#entries = read.map(withoutChanges);
  }
}

const keyOf = ({ requestId, finishedAt }: HistoryEntry) => `${requestId} ${finishedAt}`;
