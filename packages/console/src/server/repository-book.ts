/**
 * Every repository with what is known of its mirrors: the names that the configuration has and those that the history has, what the deployment
 * remembers of each (read once, in batches), and the newest entry of each that has been seen. Bounded by the number of repositories.
 */
import type { HistoryEntry } from '@hourglass/operations';
import type { RepositoryRow } from '../model/answers.ts';
import type { ConsoleSource, RepositoryMemory } from '../source.ts';

export const MIRROR = 'mirror:';

export type Order = 'name' | 'age' | 'trouble';

export interface Wanted {
  readonly offset: number;
  readonly limit: number;
  readonly search: string;
  readonly order: Order;
}

export class RepositoryBook {
  readonly #source: Pick<ConsoleSource, 'repositories' | 'readMemories'>;
  readonly #rows = new Map<string, RepositoryRow>();
  #loading: Promise<void> | undefined;
  #orders = new Map<string, readonly RepositoryRow[]>();

  constructor(source: Pick<ConsoleSource, 'repositories' | 'readMemories'>) {
    this.#source = source;
  }

  get names(): Iterable<string> {
    return this.#rows.keys();
  }

  /** Reads what is remembered, the first time; `recent`: the newest entries of the history. */
  async load(recent: () => Promise<readonly HistoryEntry[]>): Promise<void> {
    this.#loading ??= this.#load(recent).catch((error) => {
      this.#loading = undefined;
      throw error;
    });
    await this.#loading;
  }

  add(entries: readonly HistoryEntry[]): void {
    for (const entry of entries) this.#take(entry);
    if (entries.length > 0) this.#orders.clear();
  }

  forget(): void {
    this.#loading = undefined;
  }

  page({ offset, limit, search, order }: Wanted): { total: number; rows: RepositoryRow[] } {
    const needle = search.trim().toLowerCase();
    const key = `${order} ${needle}`;
    let ordered = this.#orders.get(key);
    if (ordered === undefined) {
      const matching = [...this.#rows.values()].filter(({ name }) => name.toLowerCase().includes(needle));
      ordered = matching.sort(comparisons[order]);
      if (this.#orders.size >= 8) this.#orders.clear();
      this.#orders.set(key, ordered);
    }
    return { total: ordered.length, rows: ordered.slice(offset, offset + limit) };
  }

  async #load(recent: () => Promise<readonly HistoryEntry[]>): Promise<void> {
    const entries = await recent();
    const seen = entries.filter(({ task }) => task.startsWith(MIRROR)).map(({ task }) => task.slice(MIRROR.length));
    const names = [...new Set([...(this.#source.repositories ?? []), ...seen])];
    const memories = await this.#source.readMemories(names);
    for (const name of names) this.#rows.set(name, rowOf(name, memories.get(name)));
    this.add(entries.toReversed());
    this.#orders.clear();
  }

  #take(entry: HistoryEntry): void {
    const { task, result, finishedAt, requestId, door, reason, carried } = entry;
    if (!task.startsWith(MIRROR) || result === 'joined') return;
    const name = task.slice(MIRROR.length);
    const row = this.#rows.get(name) ?? rowOf(name, undefined);
    this.#rows.set(name, row);
    if (result === 'succeeded' && (row.mirroredAt ?? '') < finishedAt) row.mirroredAt = finishedAt;
    if (row.last !== null && row.last.finishedAt > finishedAt) return;
    row.last = { requestId, result, finishedAt, door, reason, refsChanged: countChanged(carried) };
  }
}

function rowOf(name: string, memory: RepositoryMemory | undefined): RepositoryRow {
  const succeededAtMs = memory?.succeededAtMs ?? null;
  return {
    name,
    mirroredAt: succeededAtMs === null ? null : new Date(succeededAtMs).toISOString(),
    last: null,
    usualSeconds: memory?.usualSeconds ?? null,
  };
}

function countChanged(carried: HistoryEntry['carried']): number | null {
  if (carried === null) return null;
  const { created, updated, forced, deleted } = carried;
  if ([created, updated, forced, deleted].every((count) => count === undefined)) return null;
  return (created ?? 0) + (updated ?? 0) + (forced ?? 0) + (deleted ?? 0);
}

const byName = (one: RepositoryRow, other: RepositoryRow) => (one.name < other.name ? -1 : 1);
const byAge = (one: RepositoryRow, other: RepositoryRow) =>
  (one.mirroredAt ?? '').localeCompare(other.mirroredAt ?? '') || byName(one, other);
const failed = ({ last }: RepositoryRow) => (last?.result === 'failed' ? 0 : 1);

const comparisons: Record<Order, (one: RepositoryRow, other: RepositoryRow) => number> = {
  name: byName,
  /** What was mirrored longest ago first, and what never was before that. */
  age: byAge,
  trouble: (one, other) => failed(one) - failed(other) || byAge(one, other),
};
