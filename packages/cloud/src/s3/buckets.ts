/** What S3 holds. Lifecycle rules act at the midnight (UTC) after their days are over, as there; here they are seen to have acted at the next look. */
import type { CloudCore } from '../core.ts';
import type { PolicyDocument } from '../service.ts';

export interface Bucket {
  readonly expiresAfterDays: number | undefined;
  readonly abortsAfterDays: number | undefined;
  /** Whether events of its objects go to EventBridge. */
  readonly notifiesBus: boolean;
}

export interface S3Object {
  readonly bytes: Buffer;
  readonly kmsKeyArn?: string;
  readonly region?: string;
}

export interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly parts: Map<number, Buffer>;
}

const DAY_MS = 86_400_000;

export class Buckets {
  readonly #core: CloudCore;
  readonly #buckets = new Map<string, Bucket>();
  readonly policies = new Map<string, PolicyDocument>();
  readonly #objects = new Map<string, S3Object & { atMs: number }>();
  readonly #uploads = new Map<string, Upload & { atMs: number }>();

  constructor(core: CloudCore) {
    this.#core = core;
  }

  create(name: string, bucket: Bucket): void {
    this.#buckets.set(name, bucket);
  }

  remove(name: string): void {
    this.#buckets.delete(name);
    this.policies.delete(name);
  }

  names(): string[] {
    return [...this.#buckets.keys()];
  }

  get(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  setPolicy(name: string, policy: PolicyDocument): void {
    this.policies.set(name, policy);
  }

  policyOf(name: string): PolicyDocument | undefined {
    return this.policies.get(name);
  }

  put(bucket: string, key: string, object: S3Object): void {
    this.#objects.set(`${bucket}/${key}`, { ...object, atMs: this.#core.clock.nowMs() });
  }

  removeObject(bucket: string, key: string): void {
    this.#objects.delete(`${bucket}/${key}`);
  }

  /** Of templates, and those that the world's owner has put something into. */
  allNames(): string[] {
    const used = [...this.#objects.keys()].map((path) => path.replace(/\/.*$/, ''));
    return [...new Set([...this.#buckets.keys(), ...used])];
  }

  find(bucket: string, key: string): S3Object | undefined {
    this.#forget(bucket);
    return this.#objects.get(`${bucket}/${key}`);
  }

  begin(uploadId: string, bucket: string, key: string): void {
    this.#uploads.set(uploadId, { bucket, key, parts: new Map(), atMs: this.#core.clock.nowMs() });
  }

  upload(uploadId: string): Upload | undefined {
    const upload = this.#uploads.get(uploadId);
    if (upload !== undefined) this.#forget(upload.bucket);
    return this.#uploads.get(uploadId);
  }

  end(uploadId: string): void {
    this.#uploads.delete(uploadId);
  }

  list(bucket: string): { key: string; bytes: number; isComplete: boolean }[] {
    this.#forget(bucket);
    const objects = [...this.#objects].filter(([path]) => path.startsWith(`${bucket}/`));
    const uploads = [...this.#uploads.values()].filter((upload) => upload.bucket === bucket);
    return [
      ...objects.map(([path, { bytes }]) => ({
        key: path.slice(bucket.length + 1),
        bytes: bytes.length,
        isComplete: true,
      })),
      ...uploads.map(({ key, parts }) => ({
        key,
        bytes: [...parts.values()].reduce((sum, part) => sum + part.length, 0),
        isComplete: false,
      })),
    ];
  }

  #forget(name: string): void {
    const { expiresAfterDays, abortsAfterDays } = this.#buckets.get(name) ?? {};
    const nowMs = this.#core.clock.nowMs();
    const isOver = (atMs: number, days: number | undefined) =>
      days !== undefined && nowMs >= Math.ceil((atMs + days * DAY_MS) / DAY_MS) * DAY_MS;
    for (const [path, { atMs }] of this.#objects) {
      if (path.startsWith(`${name}/`) && isOver(atMs, expiresAfterDays)) this.#objects.delete(path);
    }
    for (const [id, { bucket, atMs }] of this.#uploads) {
      if (bucket === name && isOver(atMs, abortsAfterDays)) this.#uploads.delete(id);
    }
  }
}
