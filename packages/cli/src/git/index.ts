/** Git for the local world: a real smart HTTP server, and the repositories it serves. */
export { compareRefs, listRefs, type Refs, type RefsDifference } from './refs.ts';
export {
  addCommit,
  copyForServing,
  createEmptyRepository,
  type NewCommit,
  RepositoryUnusable,
} from './repositories.ts';
export { GitFailed, hideCredentials } from './run-git.ts';
export { type GitServer, type ServeGitOptions, serveGit } from './serve-git.ts';
