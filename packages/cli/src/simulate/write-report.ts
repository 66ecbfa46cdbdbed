/** The page of `--html`: the simulation at hand, and the same with other delays beside it. */
import { writeFile } from 'node:fs/promises';
import {
  renderReport,
  type SimulationDetail,
  type SimulationInput,
  type SimulationRow,
  simulate,
} from '@hourglass/cost';
import { MINUTE_MS } from '@hourglass/lease';
import { UsageError } from '../errors.ts';
import type { SimulateOptions, SimulateRequest } from './options.ts';

/** The delays that the page compares, in minutes. */
const DELAYS = [0, 5, 10, 15, 30, 60, 240];

export interface Simulated {
  request: SimulateRequest;
  options: SimulateOptions;
  inputs: SimulationInput[];
  rows: SimulationRow[];
  details: SimulationDetail[];
}

/** @throws UsageError the file cannot be written. */
export async function writeReport(file: string, simulated: Simulated): Promise<void> {
  const { request, options, inputs, rows, details } = simulated;
  const otherDelays = DELAYS.map((minutes) => minutes * MINUTE_MS).filter((delayMs) => delayMs !== request.maxDelayMs);
  const others = inputs.flatMap((input) =>
    otherDelays.flatMap((maxDelayMs) => simulate({ ...input, maxDelayMs }).rows),
  );
  const median = `lognormal, median ${request.taskMedianMs / 1_000} s, seed ${request.seed}`;
  const page = renderReport({
    generatedAtMs: Date.now(),
    region: options.region,
    endpoints: request.endpoints,
    zones: request.zones,
    price: {
      usdPerEndpointHour: request.usdPerHour,
      sourceUrl: 'https://aws.amazon.com/privatelink/pricing/',
      asOf: request.priceConfirmedOn,
    },
    maxDelaySeconds: request.maxDelayMs / 1_000,
    createSeconds: request.createMs / 1_000,
    deleteSeconds: request.deleteMs / 1_000,
    teardownLeadSeconds: request.teardownLeadMs === null ? null : request.teardownLeadMs / 1_000,
    taskSeconds: options.durations === undefined ? request.taskMedianMs / 1_000 : medianSeconds(inputs),
    taskSource: options.durations === undefined ? median : `from ${options.durations}`,
    rows: [...rows, ...others],
    details,
  });
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new UsageError(
      `--html ${file}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
}

function medianSeconds(inputs: SimulationInput[]): number {
  const sorted = inputs.flatMap(({ durationsMs }) => durationsMs).sort((a, b) => a - b);
  return (sorted[sorted.length >> 1] ?? 0) / 1_000;
}
