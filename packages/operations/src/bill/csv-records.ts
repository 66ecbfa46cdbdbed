/**
 * The records of a CSV file as it streams by: gigabytes of lines, of which a bill's endpoints are a few. A record is only taken apart if it
 * holds a mark; until then all that matters is where it ends, which a line end inside quotes does not decide.
 */
import { OperationFailed } from '../errors.ts';

const LINE_END = 10;
const QUOTE = 34;
/** Longer than any record of a bill: a quote that is never closed must not gather the rest of the file. */
const MAX_RECORD_BYTES = 1 << 20;

/** The first record, those that hold the mark, and what stands behind the last line end. */
export async function* splitRecords(chunks: AsyncIterable<Buffer>, mark: string, name: string): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let isFirst = true;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    let quote = bytes.indexOf(QUOTE);
    let inQuotes = false;
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_END, at);
      if (end < 0) break;
      for (; quote >= 0 && quote < end; quote = bytes.indexOf(QUOTE, quote + 1)) inQuotes = !inQuotes;
      at = end + 1;
      if (inQuotes) continue;
      const record = bytes.subarray(start, end);
      if (isFirst || record.includes(mark)) yield textOf(record);
      isFirst = false;
      start = at;
    }
    // Looked through again with the next chunk; a copy, so that the chunk itself is not kept.
    rest = Buffer.from(bytes.subarray(start));
    if (rest.length > MAX_RECORD_BYTES)
      throw new OperationFailed(`${name} is no CSV file: it has a line of more than 1 MB`);
  }
  // Whatever it holds: a record that is too short shows that the file was cut off.
  if (rest.length > 0) yield textOf(rest);
}

function textOf(record: Buffer): string {
  return record
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .replace(/\r$/, '');
}
