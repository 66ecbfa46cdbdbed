/** What a mirror is asked and what it answers. */
import type { AwsCredentials } from './codecommit/sign.ts';

/**
 * How to get from source to destination. `auto`: the relay, then the relay without thin pack, then the git command; `relay`: the first
 * two only; `git`: the git command only, with a scratch repository on disk.
 */
export type Via = 'auto' | 'relay' | 'git';

/**
 * What to do with a destination ref whose object is neither in the source nor among `rememberedTips`: somebody has pushed to the mirror.
 * `overwrite`: the source wins. `keep`: the ref is left alone and listed under `refs.rejected`. `fail`: nothing at all is written
 * (`MirrorRefused`). A branch that was rewritten in the source has not diverged: nothing that only the destination has would be lost.
 * The git command knows only what the source's refs reach, so there a rewritten branch must be among `rememberedTips`.
 */
export type Divergence = 'overwrite' | 'keep' | 'fail';

/** Credentials of one side; user and password are for http(s). They never appear in a message, a result or a process's arguments. */
export type Auth =
  | { readonly username: string; readonly password: string }
  /** For http(s), sent as `Authorization: Bearer`. */
  | { readonly token: string }
  /** For ssh: an OpenSSH or PEM private key without passphrase, as text. It is the only one that is offered. */
  | { readonly privateKey: string }
  /** The SigV4 git password of CodeCommit, made anew for each request; by default from the usual credential chain. */
  | { readonly codeCommit: { readonly region: string; readonly credentials?: () => Promise<AwsCredentials> } };

/** How to reach a host that this network does not know. */
export interface Network {
  /** Connect to this address; certificates and host keys are still checked against the URL's host name. */
  readonly address?: string;
  /** Certificate authorities to trust, instead of the system's: PEM text, or the path of a PEM file. */
  readonly caBundle?: string;
  /** Host keys to trust for ssh: lines of a known_hosts file, or its path. */
  readonly knownHosts?: string;
}

export interface MirrorOptions {
  /** http(s) URL (user and password allowed in it), ssh URL, `user@host:path`, or a local path. */
  readonly source: string;
  /** As `source`, or `codecommit::region://repository`. A CodeCommit https URL without user is signed with SigV4. */
  readonly destination: string;
  /** `auto` by default. */
  readonly via?: Via;
  /** `overwrite` by default. */
  readonly divergence?: Divergence;
  /** Without it, an empty source, or one that has lost more than half of more than ten refs, is refused. */
  readonly allowMassDelete?: boolean;
  /**
   * Patterns of refs; `*` stands for any characters. One that does not begin with `refs/` is tried under refs/heads/ and refs/tags/.
   * Without patterns: every branch and tag. Refs of the destination that are not selected are never touched.
   */
  readonly include?: readonly string[];
  /** Patterns of refs to leave out on both sides. */
  readonly exclude?: readonly string[];
  /**
   * `SRC:DST`: refs that arrive under another name, such as `main:trunk` (branches) or `refs/heads/*:refs/heads/team/*`. Without `include`,
   * only what is mapped is mirrored.
   */
  readonly map?: readonly string[];
  /** Object ids that the source once had and that the destination has: common ground after a rewrite. */
  readonly rememberedTips?: readonly string[];
  readonly auth?: { readonly source?: Auth; readonly destination?: Auth };
  readonly sourceNetwork?: Network;
  readonly destinationNetwork?: Network;
  /**
   * Bytes that one push may have at most. What is bigger goes in slices of the history, oldest first, under temporary refs; so does what a
   * destination has refused for its size. Without it, nothing is bounded until something is refused.
   */
  readonly maxPackBytes?: number;
  /** 4,000 (CodeCommit's limit) by default. */
  readonly maxRefsPerPush?: number;
  readonly onProgress?: (progress: MirrorProgress) => void;
  /** `mirror` throws the signal's reason. */
  readonly signal?: AbortSignal;
  /** Where the git command may make its scratch repository; the system's temporary folder by default. */
  readonly scratchDir?: string;
  /** Epoch milliseconds; only signatures and durations need it. */
  readonly nowMs?: () => number;
  /** Environment for git, ssh and the AWS credential chain; that of this process by default. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

export type MirrorPhase = 'listing' | 'negotiating' | 'transferring' | 'verifying' | 'fetching' | 'pushing';

export interface MirrorProgress {
  readonly phase: MirrorPhase;
  /** Refs that this run changes. */
  readonly refs?: number;
  /** Objects in the pack that is being carried. */
  readonly objects?: number;
  /** Bytes of packs carried so far. */
  readonly bytes?: number;
  readonly bytesPerSecond?: number;
}

export interface RejectedRef {
  readonly ref: string;
  readonly reason: string;
}

/** A ref that a run has changed; ids are null where there is nothing. */
export interface RefChange {
  readonly ref: string;
  readonly action: 'create' | 'update' | 'delete';
  readonly from: string | null;
  readonly to: string | null;
}

export interface MirrorResult {
  /** `rejected`: some refs could not be, or were not to be, changed; all others are as in the source. */
  readonly result: 'mirrored' | 'unchanged' | 'rejected' | 'failed';
  /** The way that was taken at last. */
  readonly via: 'relay' | 'relay-full-pack' | 'relay-slices' | 'git';
  /** Why earlier ways were given up, in order. */
  readonly why: readonly string[];
  readonly refs: {
    readonly created: number;
    readonly updated: number;
    readonly deleted: number;
    readonly rejected: readonly RejectedRef[];
  };
  /**
   * Of `rejected`: whether every such ref had moved at the destination since this run's look. Somebody else has pushed, nothing was clobbered, and
   * a new run may pass.
   */
  readonly moved: boolean;
  /** The first fifty of what was changed; not there where a mirror ended before anything could be. */
  readonly changes?: readonly RefChange[];
  /** Bytes of answers read from the source, lists of refs included. */
  readonly bytesFromSource: number;
  /** Bytes of requests written to the destination. */
  readonly bytesToDestination: number;
  readonly durationMs: number;
  /** Of this process, since its start. */
  readonly peakRssBytes: number;
  /** Objects that both sides' refs point to after the run, branches first: pass them as `rememberedTips` to the next run. */
  readonly tips: readonly string[];
  /** Pushes that brought a part of the history each, because all of it did not fit into one. */
  readonly slices: number;
  /** How many selected refs the source has. */
  readonly sourceRefs: number;
  /** The branch that the source's HEAD names, if it says so. HEAD itself cannot be pushed. */
  readonly defaultBranch?: string;
  /** Whether Git LFS pointers were seen in what was carried: the files they point to are not carried. */
  readonly lfsPointers: boolean;
  /** For people: what is no failure and looks like a mistake, or is not carried; a sentence each, without credentials. */
  readonly warnings: readonly string[];
  /** For people, of a failure: without credentials. */
  readonly message?: string;
}
