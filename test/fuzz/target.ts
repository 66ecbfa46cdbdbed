/** What a target is: it takes any bytes, and throws only if the parser behind it does what it must not. */
import { ok } from 'node:assert/strict';
import { MirrorRefused, RelayFailed } from '../../packages/relay/src/errors.ts';
import { ByteReader } from '../../packages/relay/src/protocol/byte-reader.ts';

export interface Target {
  run(bytes: Buffer): void | Promise<void>;
  /** What a real other side says; from these the fuzzer begins. One character a byte. */
  readonly seeds: readonly string[];
}

/** A stream in pieces, whose size the first byte says: parsers must not depend on how bytes arrive. */
export function streamOf(bytes: Buffer): ByteReader {
  const size = (bytes[0] ?? 0) % 64 || bytes.length;
  return new ByteReader(pieces(bytes.subarray(1), size));
}

export async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Runs a reader, which may refuse what it reads, in words. */
export async function mayRefuse(read: () => unknown): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof RelayFailed) && !(error instanceof MirrorRefused)) throw error;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on
    ok(!/[\x00-\x1f\x7f-\x9f]/.test(error.message), `a control character in ${JSON.stringify(error.message)}`);
    ok(error.message.length < 1500, 'a message of more than 1500 characters');
  }
}

/** Packet lines of payloads; `0000` and its like stay as they are. */
export function packets(...lines: readonly string[]): string {
  return lines
    .map((line) => (/^000[0-2]$/.test(line) ? line : (line.length + 4).toString(16).padStart(4, '0') + line))
    .join('');
}
