/** The destinations of mirrors, where they are CodeCommit's; any other destination is left alone. */
export interface Repositories {
  /** Makes the repository if it is not there. */
  ensure(destination: string): Promise<unknown>;
  /** No error if there is no such branch. */
  setDefaultBranch(destination: string, branch: string): Promise<void>;
}
