/** A mirror by the relay, with the git command as its fallback: the work's words in, the result's words out. */
import { MAX_TIPS, type MirrorWork } from '@hourglass/lease-dynamodb';
import { type Auth, MirrorRefused, type MirrorResult, type RejectedRef, mirror as relayMirror } from '@hourglass/relay';
import {
  type CredentialsPlace,
  namePlace,
  type Remote,
  RemoteRefused,
  resolveRemote,
  selectedRefs,
  sourceNetwork,
} from '@hourglass/sources';
import { RefsMoved, WorkFailed } from './ends.ts';
import { childEnvironment } from './environment.ts';
import type { TaskContext } from './task-context.ts';

/** What a mirror leaves for the result of its work. */
export interface Mirrored {
  readonly message: string;
  readonly refs: number;
  readonly tips: readonly string[];
  readonly defaultBranch?: string;
  /** For the history. */
  readonly report?: Readonly<Record<string, unknown>>;
}

/**
 * Makes the destination's heads and tags those of the source.
 * @returns how many refs both have, and what the next mirror is to remember
 * @throws RemoteRefused, SourceNetworksMalformed, CredentialsUnusable, MirrorRefused, WorkFailed
 */
export async function mirror(work: MirrorWork, context: TaskContext): Promise<Mirrored> {
  // Stricter than the relay itself: a request must not reach this machine's files.
  const source = resolveRemote(work.sourceUrl);
  const destination = resolveRemote(work.destination);
  const { network, credentials } = sourceNetwork(source, context.environment);
  const auth = credentials && (await readAuth(source, credentials, context.signal));
  const result = await relayMirror({
    source: source.url,
    destination: destination.url,
    rememberedTips: work.rememberedTips,
    ...selectedRefs(work.destination, context.environment),
    sourceNetwork: network,
    ...(auth && { auth: { source: auth } }),
    environment: {
      // For git and ssh only: the relay signs for CodeCommit itself, so no child needs the way to AWS credentials.
      ...childEnvironment(context.environment, context.scratch, false),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ALLOW_PROTOCOL: 'http:https:ssh',
    },
    scratchDir: context.scratch,
    signal: context.signal,
  }).catch((error: unknown) => {
    throw credentials ? withPlace(error, source, credentials) : error;
  });
  for (const reason of result.why) context.log(`another way was taken: ${reason}`);
  for (const warning of result.warnings) context.log(`warning: ${warning}`);
  const { created, updated, deleted, rejected } = result.refs;
  const inSlices = result.slices > 0 ? ` in ${result.slices} slices` : '';
  context.log(
    `${result.result} by ${result.via}${inSlices}: ${result.bytesFromSource} bytes from the source, ${result.bytesToDestination} to the destination, ${result.durationMs} ms`,
  );
  const report = reportOf(result);
  if (result.result === 'failed') {
    throw Object.assign(new WorkFailed(result.message ?? 'the mirror has failed'), { report });
  }
  if (rejected.length > 0) {
    if (result.moved) throw new RefsMoved(describeMoved(rejected), result.defaultBranch);
    const shown = rejected.slice(0, 5).map(({ ref, reason }) => `${ref} (${reason})`);
    const more = rejected.length > 5 ? ` and ${rejected.length - 5} more` : '';
    const message = `the destination refused ${rejected.length} of the refs: ${shown.join(', ')}${more}`;
    throw Object.assign(new WorkFailed(message, result.defaultBranch), { report });
  }
  const refs = result.sourceRefs;
  return {
    message: `refs mirrored: ${refs}, written: ${created + updated}, deleted: ${deleted}`,
    refs,
    // Older ones too: a source keeps commits that no ref of it shows any more for a while.
    tips: [...new Set([...result.tips, ...work.rememberedTips])].slice(0, MAX_TIPS),
    ...(result.defaultBranch === undefined ? {} : { defaultBranch: result.defaultBranch }),
    report,
  };
}

/** At most so many refused refs are listed one by one; a reason is cut. */
const MAX_REJECTED = 20;
const MAX_REASON = 300;

/** What `hourglass show` shows of it, as `Carried` of packages/operations has it. */
function reportOf({ via, refs, changes = [], bytesToDestination, sourceRefs, warnings }: MirrorResult) {
  const { created, updated, deleted, rejected } = refs;
  const refused = rejected.slice(0, MAX_REJECTED).map(({ ref, reason }) => ({
    ref,
    action: 'rejected',
    from: null,
    to: null,
    reason: reason.slice(0, MAX_REASON).toWellFormed(),
  }));
  const omitted = created + updated + deleted + rejected.length - changes.length - refused.length;
  return {
    via,
    bytes: bytesToDestination,
    refs: sourceRefs,
    created,
    updated,
    deleted,
    rejected: rejected.length,
    changes: [...refused, ...changes],
    ...(omitted > 0 && { changesOmitted: omitted }),
    ...(warnings.length > 0 && {
      warnings: warnings.slice(0, 10).map((warning) => warning.slice(0, MAX_REASON).toWellFormed()),
    }),
  };
}

/** Loaded only where there are any: clients and checks weigh as much as the rest of the task. */
async function readAuth(source: Remote, place: CredentialsPlace, signal: AbortSignal): Promise<Auth> {
  const { readSourceAuth } = await import('@hourglass/sources/credentials');
  return await readSourceAuth(source, place, signal);
}

/** Whether another try would end the same: the task never speaks to such an address, or the source's server has no such repository. */
export function isPermanent(error: unknown): boolean {
  if (error instanceof WorkFailed) return error.permanent;
  return error instanceof RemoteRefused || (error instanceof MirrorRefused && error.kind === 'absent');
}

function describeMoved(rejected: readonly RejectedRef[]): string {
  const [first] = rejected;
  const more = rejected.length > 1 ? ` and ${rejected.length - 1} more` : '';
  return `somebody else has pushed to ${first?.ref}${more} at the destination meanwhile; nothing of theirs was overwritten`;
}

/** A refusal of the source, with where to look. */
function withPlace(error: unknown, { host }: Remote, place: CredentialsPlace): unknown {
  if (!(error instanceof MirrorRefused) || error.kind === 'guard' || !/\bsource\b/.test(error.message)) return error;
  return new WorkFailed(
    `${error.message}; the credentials of ${host} are those in ${namePlace(place)}`,
    undefined,
    isPermanent(error),
  );
}
