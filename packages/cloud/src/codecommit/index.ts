/**
 * CodeCommit's API around repositories: which there are, and which branch is the default one. What git itself does there is not
 * simulated, so any branch name is taken for one that exists.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';

export interface CodeCommitPart extends CloudPart {
  /** The repositories that were made, by name, with the default branch that was set. */
  repositories(): ReadonlyMap<string, { readonly defaultBranch: string | undefined }>;
}

export function createCodeCommitPart(core: CloudCore): CodeCommitPart {
  const repositories = new Map<string, { defaultBranch: string | undefined }>();
  const find = (name: string) => {
    const found = repositories.get(name);
    if (found === undefined) throw new AwsError('RepositoryDoesNotExistException', `${name} does not exist`);
    return found;
  };
  const metadata = (name: string) => ({
    repositoryMetadata: {
      repositoryName: name,
      Arn: core.arn('codecommit', name),
      defaultBranch: find(name).defaultBranch,
    },
  });
  return {
    repositories: () => repositories,
    services: [
      {
        id: 'codecommit',
        protocol: 'awsJson1.1',
        targetPrefix: 'CodeCommit_20150413',
        operations: {
          ListRepositories: () => ({
            repositories: [...repositories.keys()].map((repositoryName) => ({
              repositoryName,
              repositoryId: core.arn('codecommit', repositoryName),
            })),
          }),
          GetRepository: ({ repositoryName }) => metadata(repositoryName),
          CreateRepository: ({ repositoryName }) => {
            if (repositories.has(repositoryName)) {
              throw new AwsError('RepositoryNameExistsException', `Repository named ${repositoryName} already exists`);
            }
            repositories.set(repositoryName, { defaultBranch: undefined });
            return metadata(repositoryName);
          },
          UpdateDefaultBranch: ({ repositoryName, defaultBranchName }) => {
            find(repositoryName).defaultBranch = defaultBranchName;
            return {};
          },
        },
        authorize: (operation, input) => [
          {
            action: `codecommit:${operation}`,
            resources: [operation === 'ListRepositories' ? '*' : core.arn('codecommit', String(input.repositoryName))],
          },
        ],
      },
    ],
  };
}
