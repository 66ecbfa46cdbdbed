/** `hourglass simulate`: what each policy would have cost for the pushes that there were. */
import { fargatePrices, type SimulationInput, simulate, simulateDirect } from '@hourglass/cost';
import { UsageError } from '../errors.ts';
import { accountDirect, describeDirect } from './direct.ts';
import { readOptions, type SimulateOptions } from './options.ts';
import { type DurationSource, readWorkload } from './read-workload.ts';
import { formatTable } from './table.ts';
import { writeReport } from './write-report.ts';

/** @throws UsageError an option, a trace or a file of durations is not what it should be. */
export async function runSimulate(options: SimulateOptions): Promise<void> {
  const request = readOptions(options);
  if (options.durations !== undefined && options.trace.length > 1) {
    throw new UsageError('--durations belongs to one trace: give one --trace with it');
  }
  if (options.price === undefined && request.priceConfirmedOn === null) {
    note(`the price for ${options.region} has not been confirmed against the price list; --price sets your own`);
  }
  const source: DurationSource =
    options.durations === undefined
      ? { medianMs: request.taskMedianMs, seed: request.seed }
      : { file: options.durations };
  const inputs: SimulationInput[] = [];
  for (const name of options.trace) inputs.push({ ...request, ...(await readWorkload(name, source, note)) });
  const simulations = inputs.map(simulate);
  const rows = simulations.flatMap((simulation) => simulation.rows);
  if (options.html !== undefined) {
    const details = simulations.flatMap((simulation) => simulation.details);
    await writeReport(options.html, { request, options, inputs, rows, details });
  }
  const price = request.functionPrices;
  if (price === undefined) {
    process.stdout.write(options.json ? `${JSON.stringify({ rows }, null, 2)}\n` : formatTable(rows));
    return;
  }
  const direct = inputs.flatMap((input) => request.billings.map((billing) => simulateDirect(input, billing, price)));
  const all = [...direct, ...rows].sort(
    (one, other) =>
      inputs.findIndex(({ trace }) => trace === one.trace) - inputs.findIndex(({ trace }) => trace === other.trace),
  );
  const account = accountDirect(price);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ rows: all, direct: account }, null, 2)}\n`
      : `${formatTable(all)}\n${describeDirect(account, inputs, fargatePrices[options.region])}`,
  );
}

function note(message: string): void {
  process.stderr.write(`hourglass: ${message}\n`);
}
