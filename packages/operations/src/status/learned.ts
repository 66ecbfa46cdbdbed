/** What the lease has measured and goes by. */
import { type Lease, type LeaseSettings, SECOND_MS, teardownLeadMs } from '@hourglass/lease';
import type { Learned } from '../model/index.ts';

export function learnedOf(lease: Lease, settings: LeaseSettings): Learned {
  const { deletion, taskRun, followUps } = lease;
  return {
    deletion: deletion && { usual: seconds(deletion.usualMs), spread: seconds(deletion.spreadMs) },
    task: taskRun && { usual: seconds(taskRun.usualMs), spread: seconds(taskRun.spreadMs) },
    // Items of an older release have none.
    followUps: Math.round((followUps ?? 0) / 10),
    teardownLead: { now: seconds(teardownLeadMs(lease, settings)), configured: seconds(settings.teardownLeadMs) },
  };
}

const seconds = (ms: number): number => Math.round(ms / SECOND_MS);
