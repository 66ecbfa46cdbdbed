/** Reads the endpoint-hours of a bill's file: CSV, the same compressed by gzip, or Parquet; which it is, its first bytes say. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { OperationFailed } from '../errors.ts';
import { findColumns, lineOf } from './columns.ts';
import { splitRecords } from './csv-records.ts';
import { ENDPOINT_MARK, type UsageHours } from './usage-hours.ts';

/** Adds the file's lines. A file that is cut off is named in `usage.cutOff`. @throws OperationFailed in words */
export async function readUsageFile(path: string, usage: UsageHours): Promise<void> {
  const first = await firstBytes(path);
  if (first.toString('latin1', 0, 4) === 'PAR1') {
    const { readParquet } = await import('./read-parquet.ts');
    await readParquet(path, usage);
  } else if (first[0] === 0x1f && first[1] === 0x8b) await readCsv(path, gunzipped(path, usage), usage);
  else if (first.toString('latin1', 0, 2) === 'PK') throw new OperationFailed(`${path} is a ZIP file: unpack it first`);
  else if (first[0] === 0x7b || first[0] === 0x5b)
    throw new OperationFailed(
      `${path} is JSON, such as a report's manifest: give the report's own files, CSV or Parquet`,
    );
  else if (first.length === 0) throw new OperationFailed(`${path} is empty`);
  else await readCsv(path, createReadStream(path, { highWaterMark: 1 << 18 }), usage);
}

async function firstBytes(path: string): Promise<Buffer> {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path) ?? [];
  if (scheme !== undefined) {
    const how = scheme.toLowerCase() === 's3' ? `: aws s3 cp ${path} .` : '';
    throw new OperationFailed(`${path} is an address, and files of this machine are read: copy it here first${how}`);
  }
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new OperationFailed(`${path} is a folder: name the files in it, one after the other`);
    throw new OperationFailed(`${path} cannot be read (${code})`);
  }
}

/** What could be unpacked; a file that ends too early is one that was cut off. */
async function* gunzipped(path: string, usage: UsageHours): AsyncGenerator<Buffer> {
  const source = createReadStream(path, { highWaterMark: 1 << 18 });
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of source.pipe(unpacked) as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'Z_BUF_ERROR') throw new OperationFailed(`${path} cannot be unpacked (${code})`);
    usage.cutOff.push(path);
  } finally {
    source.destroy();
  }
}

async function readCsv(path: string, chunks: AsyncIterable<Buffer>, usage: UsageHours): Promise<void> {
  let columns: ReturnType<typeof findColumns> | undefined;
  let places = new Map<string, number>();
  for await (const record of splitRecords(chunks, ENDPOINT_MARK, path)) {
    const [cells = []] = parseRecord(record, path);
    if (columns === undefined) {
      columns = findColumns(cells, path);
      places = new Map(cells.map((name, at) => [name, at]));
    } else if (cells.length < places.size) {
      // Only the last record of a file is shorter than its header.
      if (!usage.cutOff.includes(path)) usage.cutOff.push(path);
    } else {
      const line = lineOf(columns, (column) => cells[places.get(column) ?? -1]);
      if (line !== undefined) usage.add(line);
    }
  }
}

function parseRecord(record: string, path: string): string[][] {
  try {
    return parse(record, { relax_quotes: true, relax_column_count: true }) as string[][];
  } catch (error) {
    throw new OperationFailed(`${path} is no CSV file: ${(error as Error).message}`);
  }
}
