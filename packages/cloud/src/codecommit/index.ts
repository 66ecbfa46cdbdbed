/**
 * CodeCommit's API around repositories: which there are, and which branch is the default one. What git itself does there is not
 * simulated, so any branch name is taken for one that exists.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import { type Demand, requestTags } from '../service.ts';

export interface CodeCommitPart extends CloudPart {
  /** The repositories that were made, by name, with the default branch that was set, and their tags. */
  repositories(): ReadonlyMap<string, Repository>;
  /** ARNs of the customer's own keys, by repository; given, and not asked of KMS. */
  readonly keys: Map<string, string>;
}

interface Repository {
  readonly defaultBranch: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

export function createCodeCommitPart(core: CloudCore): CodeCommitPart {
  const repositories = new Map<string, Repository>();
  const keys = new Map<string, string>();
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
      kmsKeyId: keys.get(name),
    },
  });
  return {
    keys,
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
          CreateRepository: ({ repositoryName, tags = {} }) => {
            if (repositories.has(repositoryName)) {
              throw new AwsError('RepositoryNameExistsException', `Repository named ${repositoryName} already exists`);
            }
            repositories.set(repositoryName, { defaultBranch: undefined, tags });
            return metadata(repositoryName);
          },
          UpdateDefaultBranch: ({ repositoryName, defaultBranchName }) => {
            repositories.set(repositoryName, { ...find(repositoryName), defaultBranch: defaultBranchName });
            return {};
          },
        },
        authorize(operation, input) {
          const resources = [
            operation === 'ListRepositories' ? '*' : core.arn('codecommit', String(input.repositoryName)),
          ];
          const conditions = requestTags(Object.entries((input.tags ?? {}) as Record<string, string>));
          const demand: Demand = { action: `codecommit:${operation}`, resources, conditions };
          return conditions['aws:TagKeys'] ? [demand, { ...demand, action: 'codecommit:TagResource' }] : [demand];
        },
      },
    ],
  };
}
