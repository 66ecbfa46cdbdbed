/** What other rooms may know of the task: its exit codes, and how it reads its remotes. */
export { EXIT } from './exit-codes.ts';
export { type Remote, RemoteRefused, resolveRemote } from './remote.ts';
