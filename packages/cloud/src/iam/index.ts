/**
 * IAM's resource types: roles, users and policies of the template, read as they are.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { DeployError } from '../errors.ts';
import type { PolicyDocument } from '../service.ts';
import type { Directory } from './directory.ts';
import { createIamService } from './look-at-roles.ts';

interface InlinePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: PolicyDocument;
}

export interface IamPart extends CloudPart {
  /** By ARN; tests take policies away, and roles. */
  readonly roles: Directory['roles'];
  /** By ARN: AWS's own, and the template's. */
  readonly managedPolicies: Directory['managedPolicies'];
}

export function createIamPart(core: CloudCore, directory: Directory): IamPart {
  const arnOf = (kind: string, path: string | undefined, name: string): string =>
    `arn:${core.partition}:iam::${core.account}:${kind}${path ?? '/'}${name}`;

  const inlineOf = (policies: readonly InlinePolicy[] | undefined): Map<string, PolicyDocument> =>
    new Map((policies ?? []).map((policy) => [policy.PolicyName, policy.PolicyDocument]));

  const managedOf = (arns: readonly string[] | undefined, logicalId: string): Set<string> => {
    for (const arn of arns ?? []) {
      if (!directory.managedPolicies.has(arn)) {
        throw new DeployError(`${logicalId}: the managed policy ${arn} is not known to the simulated AWS`);
      }
    }
    return new Set(arns);
  };

  /** Adds a policy to the roles and users that a policy resource names. */
  const attach = (
    properties: { Roles?: string[]; Users?: string[]; Groups?: string[] },
    logicalId: string,
    add: (holder: { inline: Map<string, PolicyDocument>; managed: Set<string> }) => void,
  ): void => {
    if ((properties.Groups ?? []).length > 0) {
      throw new DeployError(`${logicalId}: IAM groups are not simulated`);
    }
    for (const name of properties.Roles ?? []) {
      const role = [...directory.roles.values()].find((entry) => entry.name === name);
      if (role === undefined) {
        throw new DeployError(`${logicalId}: there is no role ${name}`);
      }
      add(role);
    }
    for (const name of properties.Users ?? []) {
      const user = directory.users.get(name);
      if (user === undefined) {
        throw new DeployError(`${logicalId}: there is no user ${name}`);
      }
      add(user);
    }
  };

  return {
    roles: directory.roles,
    managedPolicies: directory.managedPolicies,
    services: [createIamService(core, directory)],
    resourceTypes: {
      'AWS::IAM::Role': {
        create(properties, context) {
          const name = properties.RoleName ?? context.generatedName();
          const arn = arnOf('role', properties.Path, name);
          const roleId = `AROA${core.newHex(16).toUpperCase()}`;
          directory.roles.set(arn, {
            arn,
            name,
            roleId,
            trust: properties.AssumeRolePolicyDocument,
            inline: inlineOf(properties.Policies),
            managed: managedOf(properties.ManagedPolicyArns, context.logicalId),
          });
          return { ref: name, attributes: { Arn: arn, RoleId: roleId } };
        },
      },
      'AWS::IAM::User': {
        create(properties, context) {
          const name = properties.UserName ?? context.generatedName();
          const arn = arnOf('user', properties.Path, name);
          directory.users.set(name, {
            arn,
            inline: inlineOf(properties.Policies),
            managed: managedOf(properties.ManagedPolicyArns, context.logicalId),
          });
          return { ref: name, attributes: { Arn: arn } };
        },
      },
      'AWS::IAM::Policy': {
        create(properties, context) {
          attach(properties, context.logicalId, ({ inline }) =>
            inline.set(properties.PolicyName, properties.PolicyDocument),
          );
          return { ref: properties.PolicyName, attributes: { Id: properties.PolicyName } };
        },
      },
      'AWS::IAM::ManagedPolicy': {
        create(properties, context) {
          const name = properties.ManagedPolicyName ?? context.generatedName();
          const arn = arnOf('policy', properties.Path, name);
          directory.managedPolicies.set(arn, properties.PolicyDocument);
          attach(properties, context.logicalId, ({ managed }) => managed.add(arn));
          return { ref: arn, attributes: { PolicyArn: arn } };
        },
      },
    },
  };
}
