/**
 * Decides one demand of one caller: an explicit deny wins, else one allow suffices, from the caller's own policies or (in the same
 * account) from the resource's. Service principals have only the resource's policy; who comes from another account needs both.
 * Source: IAM user guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
 */
import type { PolicyDocument, PolicyStatement, Principal } from '../service.ts';
import { asTexts, type ConditionContext, conditionHolds, UnknownOperator } from './conditions.ts';
import { matchesWildcard } from './patterns.ts';

export interface Request {
  readonly principal: Principal;
  readonly account: string;
  readonly action: string;
  readonly resource: string;
  readonly context: ConditionContext;
  /** A role is assumed by its trust policy's leave alone: not even the account itself has it otherwise. */
  readonly onlyResourcePolicy?: boolean;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly explicit: boolean; readonly reason: string };

/** `identityPolicies` are the caller's own; `resourcePolicy` is the resource's; of `organizationPolicies` only what they deny counts. */
export function evaluate(
  request: Request,
  identityPolicies: readonly PolicyDocument[],
  resourcePolicy: PolicyDocument | undefined,
  organizationPolicies: readonly PolicyDocument[] = [],
): Verdict {
  const isService = request.principal.kind === 'service';
  const isOutsider = request.principal.kind === 'outsider';
  let allowed = request.principal.kind === 'root' && request.onlyResourcePolicy !== true;
  try {
    // They bind the account's identities, and no service and nobody else's.
    const denying = isService || isOutsider ? [] : organizationPolicies.flatMap(statementsOf);
    if (denying.some((statement) => statement.Effect === 'Deny' && statementCovers(statement, request))) {
      return denied(true, 'with an explicit deny in a service control policy');
    }
    for (const policy of isService ? [] : identityPolicies) {
      for (const statement of statementsOf(policy)) {
        if (statementCovers(statement, request)) {
          if (statement.Effect === 'Deny') {
            return denied(true, 'with an explicit deny in an identity-based policy');
          }
          allowed = true;
        }
      }
    }
    const allowedAtHome = allowed;
    if (isOutsider) allowed = false;
    for (const statement of resourcePolicy === undefined ? [] : statementsOf(resourcePolicy)) {
      if (principalCovers(statement, request) && statementCovers(statement, request)) {
        if (statement.Effect === 'Deny') {
          return denied(true, 'with an explicit deny in a resource-based policy');
        }
        allowed = true;
      }
    }
    if (isOutsider && allowed && !allowedAtHome) {
      return denied(false, `because no identity-based policy allows the ${request.action} action`);
    }
  } catch (error) {
    if (error instanceof UnknownOperator) {
      return denied(false, `because ${error.message}`);
    }
    throw error;
  }
  return allowed
    ? { allowed }
    : denied(
        false,
        `because no ${isService || isOutsider ? 'resource' : 'identity'}-based policy allows the ${request.action} action`,
      );
}

function denied(explicit: boolean, reason: string): Verdict {
  return { allowed: false, explicit, reason };
}

export function statementsOf(policy: PolicyDocument): readonly PolicyStatement[] {
  return Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement as PolicyStatement];
}

function statementCovers(statement: PolicyStatement, request: Request): boolean {
  return (
    actionCovers(statement, request.action) &&
    resourceCovers(statement, request.resource) &&
    conditionHolds(statement.Condition, request.context)
  );
}

function actionCovers(statement: PolicyStatement, action: string): boolean {
  if (statement.NotAction !== undefined) {
    return !asTexts(statement.NotAction).some((pattern) => matchesWildcard(pattern, action, true));
  }
  return asTexts(statement.Action).some((pattern) => matchesWildcard(pattern, action, true));
}

function resourceCovers(statement: PolicyStatement, resource: string): boolean {
  if (statement.NotResource !== undefined) {
    return !asTexts(statement.NotResource).some((pattern) => matchesWildcard(pattern, resource));
  }
  // A trust policy has no Resource: the role itself is meant.
  return (
    statement.Resource === undefined ||
    asTexts(statement.Resource).some((pattern) => matchesWildcard(pattern, resource))
  );
}

/**
 * Naming the account delegates to its identity policies: it allows nobody but the account itself, and (in a trust policy) those whom their own
 * policy lets ask. A deny of the account meets all its identities.
 */
function principalCovers(statement: PolicyStatement, request: Request): boolean {
  const wanted = statement.Principal;
  if (wanted === undefined) {
    return false;
  }
  if (wanted === '*') {
    return true;
  }
  const { principal } = request;
  // Naming another account leaves it to that one whom it lets ask; its own policies are asked too.
  const account = principal.kind === 'outsider' ? accountOf(principal) : request.account;
  if (principal.kind === 'service') {
    return asTexts(wanted.Service).includes(principal.service);
  }
  const names = asTexts(wanted.AWS);
  if (names.includes('*') || names.includes(principal.arn)) {
    return true;
  }
  if (principal.kind === 'role' && names.includes(principal.roleArn)) {
    return true;
  }
  const namesAccount =
    names.includes(account) ||
    names.some((name) => /^arn:[a-z-]+:iam::\d+:root$/.test(name) && name.includes(`:${account}:`));
  return (
    namesAccount &&
    (statement.Effect === 'Deny' ||
      principal.kind === 'root' ||
      principal.kind === 'outsider' ||
      request.onlyResourcePolicy === true)
  );
}

/** Of somebody who is no service. */
export function accountOf({ arn }: Principal): string {
  return arn.split(':')[4] ?? '';
}
