/** Whether every role is there and may do what a mirror takes, by IAM's own simulation: it counts organisations' policies and boundaries too. */
import { type ContextEntry, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { fault, type Wrong, warning } from '../checks/found.ts';
import { type DemandScope, listRoleDemands } from './role-demands.ts';

export async function checkRoles(scope: DemandScope): Promise<Wrong[]> {
  const iam = await scope.deployment.clients.iam();
  const found: Wrong[] = [];
  // One role after the other: IAM's limits are those of the whole account.
  for (const [name, demands] of Object.entries(listRoleDemands(scope))) {
    const arn = scope.made.roles[name];
    if (arn === undefined) continue;
    for (const { actions, resources, context = {} } of demands) {
      const ContextEntries = Object.entries(context).map(
        ([ContextKeyName, value]): ContextEntry => ({
          ContextKeyName,
          ContextKeyValues: [value],
          ContextKeyType: ContextKeyName === 'dynamodb:LeadingKeys' ? 'stringList' : 'string',
        }),
      );
      const question = {
        PolicySourceArn: arn,
        ActionNames: [...actions],
        ResourceArns: [...resources],
        ContextEntries,
      };
      try {
        const { EvaluationResults = [] } = await iam.send(new SimulatePrincipalPolicyCommand(question));
        for (const { EvalActionName = '', EvalResourceName = '', EvalDecision } of EvaluationResults) {
          if (EvalDecision === 'allowed') continue;
          const how =
            EvalDecision === 'explicitDeny'
              ? 'is denied: by its own policy, a permissions boundary or a policy of the organisation'
              : 'is allowed by no policy of its';
          const message = `${EvalActionName} on ${EvalResourceName} ${how}`;
          const mend =
            EvalDecision === 'explicitDeny'
              ? 'except this role from the policy that denies'
              : 'deploy again, which restores its policies';
          found.push(fault('roles', `${name} (${nameOf(arn)})`, message, mend));
        }
      } catch (error) {
        const { name: kind, message } = error as Error;
        if (kind === 'NoSuchEntityException' || kind === 'NoSuchEntity') {
          found.push(
            fault('roles', `${name} (${nameOf(arn)})`, 'the role is gone', 'deploy again, which makes it anew'),
          );
          break;
        }
        return [
          ...found,
          warning(
            'roles',
            'deployment',
            `not checked: ${message}`,
            'allow iam:SimulatePrincipalPolicy to have it checked',
          ),
        ];
      }
    }
  }
  return found;
}

function nameOf(arn: string): string {
  return arn.replace(/^.*\//, '');
}
