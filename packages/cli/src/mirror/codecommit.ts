/**
 * What CodeCommit needs besides a push: the repository must be there before, and its default branch is set after, since HEAD cannot be
 * pushed. In a deployment the runner does both.
 */

export interface CodeCommitDestination {
  /** Makes `branch` the one that clones begin with. */
  setDefaultBranch(branch: string): Promise<void>;
}

export interface CodeCommitAddress {
  readonly region: string;
  readonly repositoryName: string;
  readonly profile?: string;
}

const SHORT = /^codecommit::([a-z0-9-]+):\/\/(?:([\w.-]+)@)?([\w.-]{1,100})$/;
const LONG =
  /^https:\/\/(?:vpce-[^.@/]+\.)?git-codecommit(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?\/v1\/repos\/([\w.-]{1,100})\/?$/;

/** Reads either form of a CodeCommit address; undefined for anything else, and for a URL that brings its own password. */
export function readCodeCommitAddress(destination: string): CodeCommitAddress | undefined {
  const [, region, profile, name] = SHORT.exec(destination) ?? [];
  if (region && name) return { region, repositoryName: name, ...(profile ? { profile } : {}) };
  const [, itsRegion, itsName] = LONG.exec(destination) ?? [];
  return itsRegion && itsName ? { region: itsRegion, repositoryName: itsName } : undefined;
}

/**
 * Sees to it that a CodeCommit repository exists; gives undefined, at once, for any other destination. Who may push but not ask or
 * create gets no error here: the push tells whether the repository is there.
 */
export async function prepareCodeCommit(destination: string): Promise<CodeCommitDestination | undefined> {
  const address = readCodeCommitAddress(destination);
  if (address === undefined) return undefined;
  // Loaded only here: it weighs as much as the rest of the command.
  const sdk = await import('@aws-sdk/client-codecommit');
  const { region, profile, repositoryName } = address;
  const client = new sdk.CodeCommitClient({ region, ...(profile ? { profile } : {}) });

  const current = await orIfDenied(async () => {
    try {
      const { repositoryMetadata } = await client.send(new sdk.GetRepositoryCommand({ repositoryName }));
      return repositoryMetadata?.defaultBranch;
    } catch (error) {
      if (!(error instanceof sdk.RepositoryDoesNotExistException)) throw error;
      await client.send(new sdk.CreateRepositoryCommand({ repositoryName })).catch((refusal: unknown) => {
        // Somebody else was faster.
        if (!(refusal instanceof sdk.RepositoryNameExistsException)) throw refusal;
      });
      return undefined;
    }
  });
  return {
    async setDefaultBranch(branch) {
      const defaultBranchName = branch.replace(/^refs\/heads\//, '');
      if (defaultBranchName === current) return;
      await orIfDenied(async () => {
        try {
          await client.send(new sdk.UpdateDefaultBranchCommand({ repositoryName, defaultBranchName }));
        } catch (error) {
          // It was left out, or rejected.
          if (!(error instanceof sdk.BranchDoesNotExistException)) throw error;
        }
      });
    },
  };
}

async function orIfDenied<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
