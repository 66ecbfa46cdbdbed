/**
 * `pnpm bench:hooks`: deliveries of all servers into the webhook's bundle, at a steady rate. Status 1 if p99 is over 100 ms, memory grows by more than
 * 10 MB, or an answer is wrong.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleServices } from '@hourglass/infra/bundle';
import { createCommand } from '../../command.ts';
import { readCount } from '../../read-count.ts';
import { type Measured, run } from './run.ts';
import { loadWebhook } from './webhook.ts';

const { rate, seconds } = createCommand(
  'bench:hooks',
  'Send deliveries of all git servers into the webhook in this process: one of twenty has 1 MB, one a wrong signature.',
)
  .option('--rate <number>', 'deliveries a second', readCount(1, 10_000), 200)
  .option('--seconds <number>', 'how long', readCount(1, 3_600), 30)
  .parse()
  .opts<{ rate: number; seconds: number }>();

/** The webhook logs each delivery: the lines are written, and seen by nobody. */
async function quietly(work: () => Promise<Measured>): Promise<Measured> {
  const write = process.stdout.write;
  process.stdout.write = () => true;
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

const dir = mkdtempSync(join(tmpdir(), 'hourglass-hooks-'));
const bundles = bundleServices(new URL('../../..', import.meta.url).pathname, dir);
const webhook = loadWebhook(join(bundles.webhook, 'index.js'));
rmSync(dir, { recursive: true });
// The first deliveries are compiled and read the secrets; a function's first invocation is another matter than its rate.
await quietly(() => run(webhook, 200));
const { milliseconds, processorMs, grownMegabytes, ...counted } = await quietly(() =>
  run(webhook, rate * seconds, rate),
);
const { p50, p99, longest } = milliseconds;
process.stdout.write(
  `${counted.count} deliveries at ${rate} a second, ${counted.entries} requests on the bus, ${counted.wrong} wrong answers\n` +
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, longest ${longest.toFixed(1)} ms, of the processor ${processorMs.toFixed(2)} ms each; memory grew by ${grownMegabytes.toFixed(1)} MB\n`,
);
if (p99 > 100 || grownMegabytes > 10 || counted.wrong > 0) process.exitCode = 1;
