/** The two halves of a mirror between a pair's servers, with a file between them. */
import { join } from 'node:path';
import {
  encodeManifest,
  type Manifest,
  type Packed,
  type PackOptions,
  type Pushed,
  type PushOptions,
  packSource,
  pushStored,
  readManifest,
} from '@hourglass/relay/halves';
import { createPackFile, type PackFile } from './pack-file.ts';
import type { Pair } from './pair.ts';

/** The source's half, into a file of its own; the manifest comes back by its JSON. */
export interface Fetched {
  readonly packed: Packed;
  readonly manifest: Manifest;
  readonly file: PackFile;
  readonly path: string;
}

let made = 0;

export function packFileIn(pair: Pair): { file: PackFile; path: string } {
  const path = join(pair.scratch, 'disk', `pack-${++made}`);
  return { file: createPackFile(path), path };
}

export async function fetchHalf(
  pair: Pair,
  options: Partial<PackOptions> = {},
  { file, path } = packFileIn(pair),
): Promise<Fetched> {
  const packed = await packSource({ source: `${pair.from.url}/source`, partBytes: 16_384, ...options }, file.sink);
  const manifest = packed.outcome === 'packed' ? readManifest(encodeManifest(packed.manifest)) : EMPTY;
  return { packed, manifest, file, path };
}

export function pushHalf(
  pair: Pair,
  { manifest, file }: Pick<Fetched, 'manifest' | 'file'>,
  options: Partial<PushOptions> = {},
): Promise<Pushed> {
  return pushStored({ destination: `${pair.to.url}/destination`, manifest, store: file.store, ...options });
}

/** Both, one after the other, as a carrier has them run. */
export async function mirrorByHalves(
  pair: Pair,
  pack: Partial<PackOptions> = {},
  push: Partial<PushOptions> = {},
): Promise<Fetched & { pushed: Pushed }> {
  const fetched = await fetchHalf(pair, pack);
  return { ...fetched, pushed: await pushHalf(pair, fetched, push) };
}

const EMPTY: Manifest = { version: 1, objectFormat: 'sha1', selection: {}, refs: [], haves: [] };
