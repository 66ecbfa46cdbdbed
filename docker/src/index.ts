/** What other rooms may know of the task: its exit codes, and how it reads its remotes. */

export { type Remote, RemoteRefused, resolveRemote } from '@hourglass/sources';
export { EXIT } from './exit-codes.ts';
