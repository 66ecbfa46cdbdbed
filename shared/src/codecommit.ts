/**
 * What CodeCommit needs besides a push: the repository must be there before, and its default branch is set after, since HEAD cannot be
 * pushed. In a deployment the runner does both, outside the VPC, so that no `codecommit` endpoint is paid; `hourglass mirror` does them itself.
 *
 * Apart from the other clients, and with its SDK loaded only when it is needed: it weighs as much as the rest of that command.
 */
import type { CodeCommitClientConfig } from '@aws-sdk/client-codecommit';
import { readCodeCommit, refuseRepositoryName } from '@hourglass/relay/codecommit-address';
import { isNo, isRefusal } from './errors.ts';
import { hostOptions } from './host-options.ts';

export interface CodeCommitAddress {
  readonly region: string;
  readonly repositoryName: string;
  /** Of the shared AWS configuration. */
  readonly profile?: string;
}

/** Reads either form of a CodeCommit address; undefined for anything else, and for a URL that brings its own password. */
export function readCodeCommitAddress(destination: string): CodeCommitAddress | undefined {
  const read = readCodeCommit(destination);
  if (read === undefined || refuseRepositoryName(read.name) !== undefined) return undefined;
  if (/^https:\/\/[^/]*@/.test(destination)) return undefined;
  const { region, name, profile } = read;
  return { region, repositoryName: name, ...(profile ? { profile } : {}) };
}

/**
 * Sees to it that a CodeCommit repository exists; any other destination is left alone. Who may push but not ask gets no error here: the push
 * shows whether the repository is there. One that is not there, and that nobody lets the caller make, is an error in AWS's own words.
 * @param options `beforeCreation` is awaited before a repository is made; if it fails, none is. `tags` are given to one that is made;
 * `credentials` are used instead of those that the SDK finds
 * @returns its default branch, as far as that is known
 */
export async function ensureRepository(
  destination: string,
  {
    beforeCreation,
    tags,
    credentials,
  }: {
    beforeCreation?: () => Promise<void>;
    tags?: Record<string, string>;
    credentials?: Credentials | undefined;
  } = {},
): Promise<string | undefined> {
  const opened = await open(destination, credentials);
  if (opened === undefined) return undefined;
  const { sdk, client, repositoryName } = opened;
  const look = () => client.send(new sdk.GetRepositoryCommand({ repositoryName }));
  try {
    return await orIfDenied(async () => (await look()).repositoryMetadata?.defaultBranch);
  } catch (error) {
    if (!(error instanceof sdk.RepositoryDoesNotExistException)) throw error;
    await beforeCreation?.();
    const creation = new sdk.CreateRepositoryCommand({ repositoryName, ...(tags && { tags }) });
    await client.send(creation).catch(async (refusal: Error) => {
      // Somebody else was faster.
      if (refusal instanceof sdk.RepositoryNameExistsException) return;
      // Of a call that the SDK sent again, the first may have made it, and the answer was lost.
      const isThere = isNo(refusal) && !isRefusal(refusal) && (await look().catch(() => undefined)) !== undefined;
      if (!isThere) throw refusal;
    });
    return undefined;
  }
}

/** Makes `branch` the one that clones of a CodeCommit repository begin with; any other destination is left alone. */
export async function setDefaultBranch(
  destination: string,
  branch: string,
  { credentials }: { credentials?: Credentials | undefined } = {},
): Promise<void> {
  const opened = await open(destination, credentials);
  if (opened === undefined) return;
  const { sdk, client, repositoryName } = opened;
  const defaultBranchName = branch.replace(/^refs\/heads\//, '');
  await orIfDenied(async () => {
    try {
      await client.send(new sdk.UpdateDefaultBranchCommand({ repositoryName, defaultBranchName }));
    } catch (error) {
      // It was left out, or rejected.
      if (!(error instanceof sdk.BranchDoesNotExistException)) throw error;
    }
  });
}

type Credentials = NonNullable<CodeCommitClientConfig['credentials']>;

async function open(destination: string, credentials?: Credentials) {
  const address = readCodeCommitAddress(destination);
  if (address === undefined) return undefined;
  const sdk = await import('@aws-sdk/client-codecommit');
  const { region, profile, repositoryName } = address;
  const access = credentials ? { credentials } : profile ? { profile } : {};
  const client = new sdk.CodeCommitClient({ region, ...access, ...hostOptions() });
  return { sdk, client, repositoryName };
}

async function orIfDenied<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if ((error as Error).name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
