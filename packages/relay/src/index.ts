/** Mirrors a git repository without cloning it: the streaming pack relay, with the git command as the fallback. */
export { awsCredentials } from './codecommit/credentials.ts';
export { type AwsCredentials, gitCredentials, type SignedCredentials } from './codecommit/sign.ts';
export { MirrorRefused } from './errors.ts';
export { mirror } from './mirror.ts';
export type {
  Auth,
  Divergence,
  MirrorOptions,
  MirrorPhase,
  MirrorProgress,
  MirrorResult,
  Network,
  RejectedRef,
  Via,
} from './options.ts';
export { type MirrorPlan, type PlannedRef, plan } from './plan-mirror.ts';
export { bytesOf, parseRefListing, show as showRef } from './protocol/ref-name.ts';
export { reachSource } from './reach-source.ts';
export { createRedact, hideInAddress, quoted, type Redact } from './redact.ts';
