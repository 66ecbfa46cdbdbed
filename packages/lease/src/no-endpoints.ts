/**
 * A lease of nothing: what it runs needs no endpoints. It is open while anything is pending, running or not yet reported, and closed otherwise:
 * there is nothing to create, to pay by the hour or to delete, and so nothing to wait for either.
 */
import type { Draft } from './draft.ts';

/** Opens it for what has come, and closes it when the last is gone; each opening has a fence of its own. */
export function settlePhase({ lease }: Pick<Draft, 'lease'>): void {
  const isIdle = lease.pending + lease.running + lease.dead === 0;
  if (lease.phase === 'closed' && !isIdle) {
    lease.phase = 'open';
    lease.fence += 1;
  } else if (lease.phase === 'open' && isIdle) {
    lease.phase = 'closed';
  }
}
