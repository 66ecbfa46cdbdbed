/** A mirror in two halves, for where nobody reaches both sides: each is usable alone, and a manifest and a stored pack lie between them. */
export { MirrorRefused, RelayFailed, StoredPackBroken } from '../errors.ts';
export {
  type DestinationOptions,
  listDestination,
  type NextRequest,
  type Pushed,
  type PushOptions,
  pushStored,
} from './destination-half.ts';
export { encodeManifest, type Manifest, ManifestInvalid, readManifest } from './manifest.ts';
export type { PackPart, PackSink } from './pack-parts.ts';
export {
  CarrierLimit,
  listSource,
  type Packed,
  type PackOptions,
  packSource,
  type SourceOptions,
} from './source-half.ts';
export type { PackStore } from './stored-pack.ts';
