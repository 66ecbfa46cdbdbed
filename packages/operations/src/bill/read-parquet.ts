/** Reads the endpoint-hours of a Parquet file, one group of rows and only the columns that matter at a time. */
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { OperationFailed } from '../errors.ts';
import { findColumns, lineOf } from './columns.ts';
import type { UsageHours } from './usage-hours.ts';

/** Rows at a time: groups of a bill may hold a million. */
const ROWS = 50_000;

/** @throws OperationFailed: what a Parquet file holds stands at its end, so one that is cut off cannot be read at all */
export async function readParquet(path: string, usage: UsageHours): Promise<void> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw new OperationFailed(`${path} is cut off or no whole Parquet file: ${(error as Error).message}`);
  });
  const names = metadata.schema.filter(({ num_children }) => num_children === undefined).map(({ name }) => name);
  const columns = findColumns(names, path);
  const rows = Number(metadata.num_rows);
  const wanted = [...new Set(Object.values(columns.of))];
  for (let rowStart = 0; rowStart < rows; rowStart += ROWS) {
    const rowEnd = Math.min(rows, rowStart + ROWS);
    const read = await parquetReadObjects({ file, metadata, columns: wanted, rowStart, rowEnd, compressors }).catch(
      (error: unknown) => {
        throw new OperationFailed(`${path} cannot be read: ${(error as Error).message}`);
      },
    );
    for (const row of read) {
      const line = lineOf(columns, (column) => row[column]);
      if (line !== undefined) usage.add(line);
    }
  }
}
