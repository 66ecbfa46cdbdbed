/** IAM's API, as far as roles are looked at: GetRole, ListRoles, and what a role's policies allow (SimulatePrincipalPolicy). */
import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { Service } from '../service.ts';
import type { Directory, Role } from './directory.ts';

interface SimulateInput {
  readonly PolicySourceArn: string;
  readonly ActionNames?: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ContextEntries?: readonly {
    readonly ContextKeyName: string;
    readonly ContextKeyValues?: readonly string[];
  }[];
}

export function createIamService(core: CloudCore, directory: Directory): Service {
  const describe = (role: Role) => ({
    Path: role.arn.replace(/^.*:role(\/.*?)[^/]*$/, '$1'),
    RoleName: role.name,
    RoleId: role.roleId,
    Arn: role.arn,
    AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(role.trust)),
  });
  const find = (name: string): Role => {
    const role = [...directory.roles.values()].find((one) => one.name === name || one.arn === name);
    if (role !== undefined) return role;
    throw new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, { httpStatus: 404 });
  };
  return {
    id: 'iam',
    protocol: 'awsQuery',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    operations: {
      GetRole: ({ RoleName }) => ({ Role: describe(find(RoleName)) }),
      ListRoles: () => ({ Roles: [...directory.roles.values()].map(describe), IsTruncated: false }),
      SimulatePrincipalPolicy: (input: SimulateInput) => {
        const { arn } = find(input.PolicySourceArn);
        const entries = (Array.isArray(input.ContextEntries) ? input.ContextEntries : []).map(
          ({ ContextKeyName, ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues] as const,
        );
        return {
          EvaluationResults: (input.ActionNames ?? []).flatMap((EvalActionName) =>
            (input.ResourceArns ?? ['*']).map((EvalResourceName) => {
              const demand = {
                action: EvalActionName,
                resources: [EvalResourceName],
                conditions: Object.fromEntries(entries),
              };
              const verdict = directory.judge(directory.sessionOf(arn, 'simulated'), demand, EvalResourceName);
              const EvalDecision = verdict.allowed ? 'allowed' : verdict.explicit ? 'explicitDeny' : 'implicitDeny';
              return { EvalActionName, EvalResourceName, EvalDecision };
            }),
          ),
          IsTruncated: false,
        };
      },
    },
    authorize: (operation, input) => {
      const arn = input.PolicySourceArn ?? (input.RoleName === undefined ? '*' : arnOf(core, String(input.RoleName)));
      return [{ action: `iam:${operation}`, resources: [String(arn)] }];
    },
  };
}

function arnOf(core: CloudCore, name: string): string {
  return `arn:${core.partition}:iam::${core.account}:role/${name}`;
}
