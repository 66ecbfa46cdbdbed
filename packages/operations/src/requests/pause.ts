/** What is asked of the lease itself. Each is an event to the intake, which writes it into the lease; so whoever may ask needs no right on the table. */
import { CloseRequested, PauseRequested, ResumeRequested } from '@hourglass/shared/contracts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { holdsOf, readLeaseStates } from '../status/read-status.ts';
import { putEvent } from './put-event.ts';

/** Starts nothing more, or nothing of this task, until it is resumed. @param task `mirror:<repository>` or `command:<name>`; everything without it */
export async function pause(deployment: Deployment, task?: string): Promise<void> {
  await putEvent(deployment, PauseRequested.name, { ...(task !== undefined && { taskKey: task }) });
}

/** Ends the pause of this task; without one, every pause there is. @returns what was paused: tasks, and `null` for everything */
export async function resume(deployment: Deployment, task?: string): Promise<(string | null)[]> {
  const { everything, tasks } = await readHolds(deployment);
  const all = [...(everything ? [null] : []), ...tasks];
  const resumed = task === undefined ? all : all.filter((held) => held === task);
  for (const taskKey of resumed) {
    await putEvent(deployment, ResumeRequested.name, { ...(taskKey !== null && { taskKey }) });
  }
  return resumed;
}

/** Asks for the endpoints to go at the next idle moment. */
export async function close(deployment: Deployment): Promise<void> {
  await putEvent(deployment, CloseRequested.name, {});
}

/** What the lease says of pauses and a close now: for whoever waits until an ask has come through. */
export async function readHolds(deployment: Deployment) {
  const states = await readLeaseStates(deployment);
  const [{ lease }] = states;
  return {
    ...holdsOf(states),
    /** What every lease has taken up by now. */
    throughout: {
      everything: states.every(({ lease: one }) => (one.heldSinceMs ?? null) !== null),
      tasks: (lease.heldTasks ?? []).filter((task) => states.every((one) => one.lease.heldTasks?.includes(task))),
    },
    phase: lease.phase,
    closeAsked: (lease.closeAskedAtMs ?? null) !== null,
    running: states.reduce((sum, one) => sum + one.lease.running, 0),
  };
}
