/**
 * What the direct carrier's functions hand to each other: no manifest before its pack is there whole, and no pack to CodeCommit that is not what was
 * stored (invariant 1).
 */
import type { Cloud, FaultedCall } from '@hourglass/cloud';
import type { Report } from './violation.ts';

export class Packs {
  readonly #cloud: Cloud;
  readonly #report: Report;

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
  }

  onCall({ service, operation, input }: FaultedCall): void {
    const key = String(input.Key);
    if (service !== 's3' || operation !== 'PutObject' || !key.startsWith('manifests/')) return;
    const { pack } = JSON.parse(Buffer.from(input.Body as Uint8Array).toString()) as { pack?: { bytes: number } };
    if (!pack) return;
    const packKey = key.replace('manifests/', 'packs/');
    const stored = this.#cloud.parts.s3.list(String(input.Bucket)).find((one) => one.key === packKey);
    if (stored?.isComplete && stored.bytes === pack.bytes) return;
    this.#report(
      1,
      `The manifest ${key} names a pack of ${pack.bytes} bytes, and ${stored?.bytes ?? 'none'} are there.`,
    );
  }

  /** CodeCommit has read it to its end. */
  onBroken(repository: string, why: string): void {
    this.#report(1, `A broken pack was sent to CodeCommit for ${repository}: ${why}.`);
  }
}
