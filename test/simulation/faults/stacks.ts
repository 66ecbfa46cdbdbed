/** Stacks that are slow, or fail, or cannot go. */
import type { Cloud } from '@hourglass/cloud';
import { MINUTE_MS } from '@hourglass/lease';
import type { Dice } from './dice.ts';

const CREATE_MS = 150_000;
const DELETE_MS = 120_000;

/** Each stack's fate is drawn before its creation begins; a deletion that has failed may fail again. @returns what ends it */
export function watchStacks(cloud: Cloud, dice: Dice): () => void {
  const { cloudformation } = cloud.parts;
  const draw = () => {
    cloudformation.timings.createMs = dice.happens('create-slow')
      ? dice.of('create-slow').between(4, 20) * MINUTE_MS
      : CREATE_MS;
    cloudformation.timings.deleteMs = dice.happens('delete-slow')
      ? dice.of('delete-slow').between(3, 40) * MINUTE_MS
      : DELETE_MS;
    if (dice.happens('create-failed')) cloudformation.failNextCreate('the endpoint could not be made');
    if (dice.happens('delete-failed')) cloudformation.failNextDelete('a network interface is in use');
  };
  draw();
  return cloud.onTrace((trace) => {
    if (trace.kind !== 'stack') return;
    if (trace.status === 'DELETE_COMPLETE') draw();
    else if (trace.status === 'CREATE_COMPLETE') protect(cloud, dice, trace.stackId);
    else if (trace.status === 'DELETE_FAILED' && dice.happens('delete-failed')) {
      cloudformation.failNextDelete('a network interface is in use');
    }
  });
}

/** Termination protection is on until somebody takes it off. */
function protect({ clock, parts: { cloudformation } }: Cloud, dice: Dice, stackId: string): void {
  const stack = cloudformation.stacks().find(({ id }) => id === stackId);
  if (!stack || !dice.happens('stack-protected')) return;
  stack.isProtected = true;
  const untilMs = clock.nowMs() + dice.of('stack-protected').between(60, 2_160) * MINUTE_MS;
  clock.schedule(untilMs, `the protection of ${stackId} ends`, () => {
    stack.isProtected = false;
  });
}

export function healStacks({ parts: { cloudformation } }: Cloud): void {
  for (const stack of cloudformation.stacks()) stack.isProtected = false;
  Object.assign(cloudformation.timings, { createMs: CREATE_MS, deleteMs: DELETE_MS });
}
