/** The lease's own record: exact counts, one write per version, and never a state without its alarm (invariant 5). */
import type { Cloud } from '@hourglass/cloud';
import { TABLE } from '../names.ts';
import type { Seen } from './lease-table.ts';
import type { Report } from './violation.ts';

export class LeaseRecord {
  readonly #cloud: Cloud;
  readonly #report: Report;

  constructor(cloud: Cloud, report: Report) {
    this.#cloud = cloud;
    this.#report = report;
  }

  check(before: Seen, { lease, items }: Seen): void {
    if (!lease) return;
    const version = before.lease?.version ?? 0;
    if (lease.version !== version && lease.version !== version + 1) {
      this.#report(1, `A write was lost: version ${version} was followed by ${lease.version}.`);
    }
    for (const state of ['pending', 'running', 'dead'] as const) {
      const count = items.filter((item) => item.state === state).length;
      if (lease[state] !== count) this.#report(1, `The lease counts ${lease[state]} ${state}, there are ${count}.`);
    }
    if (lease.running > 0 && (lease.phase === 'closed' || lease.phase === 'opening')) {
      this.#report(2, `The lease is ${lease.phase} while ${lease.running} tasks count as running.`);
    }
    if (lease.fence < (before.lease?.fence ?? 0)) this.#report(3, 'The fence went back.');
    if (isAtRest(lease)) return;
    const alarm = lease.alarm;
    if (!alarm) this.#report(5, `No alarm: the lease is ${lease.phase}, ${lease.pending} pending, ${lease.dead} dead.`);
    else if (!this.#schedules().includes(alarm.id)) {
      this.#report(5, `The alarm ${alarm.id} of the lease (${lease.phase}) has no schedule.`);
    }
  }

  owed({ lease }: Seen): string[] {
    const owed = this.#schedules().map((name) => `the schedule ${name} is left over`);
    if (lease && !isAtRest(lease)) {
      owed.push(`the lease is ${lease.phase}, ${lease.pending} pending, ${lease.running} running, ${lease.dead} dead`);
    }
    return owed;
  }

  #schedules(): string[] {
    return this.#cloud.schedules.list(TABLE, undefined).map(({ input }) => input.Name);
  }
}

function isAtRest({ phase, pending, running, dead }: NonNullable<Seen['lease']>): boolean {
  return phase === 'closed' && pending + running + dead === 0;
}
