/** Deliveries at a steady rate, each timed from when it was due, so that a stall counts for all that it keeps waiting. */
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { deliveries } from './deliveries.ts';
import type { Webhook } from './webhook.ts';

export interface Measured {
  readonly count: number;
  readonly entries: number;
  /** Deliveries that got another answer than they should. */
  readonly wrong: number;
  readonly milliseconds: { readonly p50: number; readonly p99: number; readonly longest: number };
  /** Of the processor, a delivery; other work of the machine does not count. */
  readonly processorMs: number;
  /** Of the heap, from the first delivery to the last, in MB; give it some to warm up before. */
  readonly grownMegabytes: number;
}

/**
 * @param perSecond undefined: each as soon as the one before is answered
 */
export async function run(webhook: Webhook, count: number, perSecond?: number): Promise<Measured> {
  const given = deliveries();
  const times: number[] = [];
  const heapBefore = heapInUse();
  let wrong = 0;
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const one = async (dueAt: number) => {
    const { event, isRight } = given.next().value;
    const { statusCode } = await webhook.handle(event);
    times.push(performance.now() - dueAt);
    if (isRight ? statusCode > 202 : statusCode !== 401) wrong += 1;
  };
  const running = new Set<Promise<void>>();
  for (let n = 0; n < count; n += 1) {
    const dueAt = perSecond === undefined ? performance.now() : startedAt + (n * 1_000) / perSecond;
    if (dueAt > performance.now()) await wait(dueAt - performance.now());
    const job = one(dueAt).finally(() => running.delete(job));
    running.add(job);
    if (perSecond === undefined) await job;
  }
  await Promise.all(running);
  const { user, system } = process.cpuUsage(cpu);
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    count: times.length,
    entries: webhook.entries.count,
    wrong,
    milliseconds: { p50: at(0.5), p99: at(0.99), longest: at(1) },
    processorMs: (user + system) / 1_000 / times.length,
    grownMegabytes: (heapInUse() - heapBefore) / 1e6,
  };
}

let collect: (() => void) | undefined;

/** Bytes, after a full collection; buffers outside the heap too. */
function heapInUse(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
