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

/** The tag on a task: the ids of the requests that it runs for, so that what AWS shows of it leads to them, and they to it. */
export const REQUEST_TAG = 'hourglass:request';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
const MAX_TAG_VALUE = 256;

/** As many ids as a tag's value holds, a space between them; each character that a request's id may have is one that a tag takes. */
export function requestTagOf(requestIds: readonly string[]): Record<string, string> {
  const shown = requestIds.filter((_, index) => requestIds.slice(0, index + 1).join(' ').length <= MAX_TAG_VALUE);
  return shown.length === 0 ? {} : { [REQUEST_TAG]: shown.join(' ') };
}
