/**
 * What functions and tasks printed, by group and stream. A line costs one object until it is older than the group's retention, or newer lines
 * have taken its place: a group keeps its last 20,000, so that months of simulation cost no more memory than days.
 */

export interface LogEvent {
  /** Counts all lines of this world: the order in which they came. */
  readonly id: number;
  readonly atMs: number;
  readonly ingestedMs: number;
  readonly stream: string;
  readonly message: string;
}

export interface LogStream {
  readonly name: string;
  readonly createdMs: number;
  firstMs: number | undefined;
  lastMs: number | undefined;
}

export interface LogGroup {
  readonly name: string;
  readonly createdMs: number;
  /** Undefined keeps them for ever. */
  retentionDays: number | undefined;
  readonly streams: Map<string, LogStream>;
  /** Oldest first, as they came. */
  events: LogEvent[];
}

const KEPT_PER_GROUP = 20_000;
const DAY_MS = 86_400_000;

export class LogStore {
  readonly #groups = new Map<string, LogGroup>();
  #count = 0;

  /** Gives the group that is there already, if any: its lines stay. */
  createGroup(name: string, nowMs: number, retentionDays?: number): LogGroup {
    const group = this.#groups.get(name) ?? {
      name,
      createdMs: nowMs,
      retentionDays,
      streams: new Map(),
      events: [],
    };
    group.retentionDays = retentionDays ?? group.retentionDays;
    this.#groups.set(name, group);
    return group;
  }

  deleteGroup(name: string): void {
    this.#groups.delete(name);
  }

  createStream(group: LogGroup, name: string, nowMs: number): LogStream {
    const stream = { name, createdMs: nowMs, firstMs: undefined, lastMs: undefined };
    group.streams.set(name, stream);
    return stream;
  }

  /** A group that nobody made is made by the first line, as Lambda makes its own. */
  append(groupName: string, streamName: string, message: string, atMs: number, nowMs = atMs): void {
    const group = this.#groups.get(groupName) ?? this.createGroup(groupName, nowMs);
    const stream = group.streams.get(streamName) ?? this.createStream(group, streamName, nowMs);
    stream.firstMs ??= atMs;
    stream.lastMs = atMs;
    this.#count += 1;
    group.events.push({ id: this.#count, atMs, ingestedMs: nowMs, stream: streamName, message });
    if (group.events.length >= 2 * KEPT_PER_GROUP) group.events = group.events.slice(-KEPT_PER_GROUP);
  }

  find(name: string): LogGroup | undefined {
    return this.#groups.get(name);
  }

  groups(): LogGroup[] {
    return [...this.#groups.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** Those that retention leaves, by time and then as they came. */
  eventsOf(group: LogGroup, nowMs: number): LogEvent[] {
    const fromMs = group.retentionDays === undefined ? 0 : nowMs - group.retentionDays * DAY_MS;
    return group.events
      .filter(({ atMs }) => atMs >= fromMs)
      .sort((left, right) => left.atMs - right.atMs || left.id - right.id);
  }
}
