/** Invariant 7: what the lease has recorded of its openings, against the stacks that there were. */
import type { Cloud } from '@hourglass/cloud';
import { LEASE_ID, TABLE } from '../names.ts';
import { readEnded } from './lease-table.ts';
import type { Report } from './violation.ts';

const HOUR_MS = 3_600_000;

export class Bills {
  readonly #cloud: Cloud;
  readonly #report: Report;

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
  }

  checkSettled(): void {
    const ended = new Map(readEnded(this.#cloud, TABLE, LEASE_ID).map((one) => [one.fence, one]));
    const fences = new Set<number>();
    for (const stack of this.#cloud.parts.cloudformation.stacks()) {
      const fence = Number(stack.tags.find(({ Key }) => Key === 'hourglass:fence')?.Value);
      fences.add(fence);
      const record = ended.get(fence);
      const hours = Math.ceil(((stack.deletedAtMs ?? this.#cloud.clock.nowMs()) - stack.createdAtMs) / HOUR_MS);
      if (!record || record.openedAtMs === null) {
        this.#report(7, `The opening ${fence} lasted ${hours} paid hours and is recorded as costing nothing.`);
        continue;
      }
      const recorded = Math.ceil((record.closedAtMs - record.openedAtMs) / HOUR_MS);
      if (recorded !== hours || Math.abs(record.openedAtMs - stack.createdAtMs) >= 1_000) {
        this.#report(7, `The opening ${fence} lasted ${hours} paid hours and is recorded with ${recorded}.`);
      }
    }
    for (const { fence, openedAtMs } of ended.values()) {
      if (openedAtMs === null || fences.has(fence)) continue;
      this.#report(7, `The opening ${fence} is recorded as paid for, and there was no stack of it.`);
    }
  }
}
