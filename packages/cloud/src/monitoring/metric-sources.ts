/** Where metrics come from: queues as they are, lines of log groups, and failures that were noted, the last thousand of each. */
import { compileFilterPattern } from '../logs/filter-pattern.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Queue } from '../sqs/queue.ts';
import type { QueueRegistry } from '../sqs/registry.ts';
import type { Trace } from '../trace.ts';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

export type Statistic = 'Sum' | 'Maximum' | 'Minimum' | 'Average' | 'SampleCount';

export interface Range {
  readonly startMs: number;
  readonly endMs: number;
  readonly periodMs: number;
}

export interface Point {
  readonly atMs: number;
  readonly value: number;
}

interface LogFilter {
  readonly namespace: string;
  readonly name: string;
  readonly group: string;
  readonly pattern: string;
  readonly value: number;
}

const NOTED = 1_000;

/** What is measured of a queue, each by its present value. */
const ofQueue: Readonly<Record<string, (queue: Queue, nowMs: number) => number>> = {
  ApproximateNumberOfMessagesVisible: (queue) => queue.counts().available,
  ApproximateNumberOfMessagesNotVisible: (queue) => queue.counts().inFlight,
  ApproximateNumberOfMessagesDelayed: (queue) => queue.counts().delayed,
  ApproximateAgeOfOldestMessage: (queue, nowMs) =>
    queue.peek().reduce((oldest, { sentMs }) => Math.max(oldest, (nowMs - sentMs) / 1000), 0),
};

export class MetricSources {
  readonly #queues: QueueRegistry;
  readonly #logs: LogStore;
  readonly #filters: LogFilter[] = [];
  readonly #noted = new Map<string, number[]>();

  constructor({ queues, logs }: { queues: QueueRegistry; logs: LogStore }) {
    this.#queues = queues;
    this.#logs = logs;
  }

  addLogFilter(filter: LogFilter): void {
    this.#filters.push(filter);
  }

  note(event: Trace): void {
    if (event.kind === 'invocation-end' && event.outcome !== 'ok') {
      this.#keep(`AWS/Lambda Errors ${event.functionName}`, event.atMs);
    } else if (event.kind === 'delivery-failed' && event.group !== undefined) {
      this.#keep(`AWS/Scheduler InvocationDroppedCount ${event.group}`, event.atMs);
    }
  }

  /** One point a period that has data, oldest first. */
  read(metric: Metric, statistic: Statistic, range: Range, nowMs: number): Point[] {
    const periods = new Map<number, number[]>();
    for (const { atMs, value } of this.#samples(metric, nowMs)) {
      if (atMs < range.startMs || atMs >= range.endMs) continue;
      const period = Math.floor(atMs / range.periodMs) * range.periodMs;
      periods.set(period, [...(periods.get(period) ?? []), value]);
    }
    return [...periods]
      .sort(([left], [right]) => left - right)
      .map(([atMs, values]) => ({ atMs, value: sum(values, statistic) }));
  }

  #samples({ namespace, name, dimensions }: Metric, nowMs: number): Point[] {
    const [of = ''] = Object.values(dimensions);
    if (namespace === 'AWS/SQS') {
      const queue = this.#queues.all().find((one) => one.name === of);
      const read = ofQueue[name];
      // SQS writes nothing for a queue at rest; nought says the same.
      return queue === undefined || read === undefined ? [] : [{ atMs: nowMs, value: read(queue, nowMs) }];
    }
    const noted = this.#noted.get(`${namespace} ${name} ${of}`);
    if (noted !== undefined) return noted.map((atMs) => ({ atMs, value: 1 }));
    return this.#filters
      .filter((filter) => filter.namespace === namespace && filter.name === name)
      .flatMap((filter) => this.#match(filter, nowMs));
  }

  #match({ group: groupName, pattern, value }: LogFilter, nowMs: number): Point[] {
    const group = this.#logs.find(groupName);
    if (group === undefined) return [];
    const holds = compileFilterPattern(pattern);
    return this.#logs
      .eventsOf(group, nowMs)
      .filter(({ message }) => holds(message))
      .map(({ atMs }) => ({ atMs, value }));
  }

  #keep(key: string, atMs: number): void {
    const times = this.#noted.get(key) ?? [];
    times.push(atMs);
    if (times.length > 2 * NOTED) times.splice(0, NOTED);
    this.#noted.set(key, times);
  }
}

function sum(values: readonly number[], statistic: Statistic): number {
  const total = values.reduce((left, right) => left + right, 0);
  switch (statistic) {
    case 'Maximum':
      return values.reduce((left, right) => Math.max(left, right));
    case 'Minimum':
      return values.reduce((left, right) => Math.min(left, right));
    case 'Average':
      return total / values.length;
    case 'SampleCount':
      return values.length;
    default:
      return total;
  }
}
