/** A deployment's settings as the lease's own functions take them. */
import { defaultSettings, type LeaseSettings, SECOND_MS } from '@hourglass/lease';
import type { Deployment } from './deployment/open-deployment.ts';

export function settingsOf({ description: { settings } }: Pick<Deployment, 'description'>): LeaseSettings {
  return {
    ...defaultSettings,
    billingClock: settings.billing,
    teardownLeadMs: settings.teardownLeadSeconds * SECOND_MS,
    createMs: settings.createSeconds * SECOND_MS,
    maxParallelTasks: settings.maxParallelTasks,
    maxRepositoriesPerTask: settings.maxRepositoriesPerTask,
    taskTimeLimitMs: settings.taskTimeLimitSeconds * SECOND_MS,
    maxAttempts: settings.maxAttempts,
    retryWithinMs: settings.retryWithinSeconds * SECOND_MS,
    maxCreateFailures: settings.maxCreateFailures,
  };
}
