/** The tag on everything of a deployment that can be tagged: its lease, which has the deployment's name. */
export const LEASE_TAG = 'hourglass:lease';

/** What is made while the deployment runs has the deployment's tags, and those by which it knows what is its own. */
export function ownTags({ TAGS, LEASE_ID }: { TAGS: Record<string, string>; LEASE_ID: string }, fence?: number) {
  return { ...TAGS, [LEASE_TAG]: LEASE_ID, ...(fence !== undefined && { [FENCE_TAG]: String(fence) }) };
}

/**
 * The tag on what belongs to one opening of the lease: the endpoints' stack, which hands it on to its endpoints, and the tasks. What the
 * control plane keeps outlives every opening and has none, and so the sweep, which goes by this tag, cannot touch it.
 */
export const FENCE_TAG = 'hourglass:fence';
