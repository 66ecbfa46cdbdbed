/**
 * What a policy of a resource says of one action, read without asking AWS: enough to know a policy that would deny from one that would not. Of
 * conditions it knows nothing: an allow with one is taken for an allow, a deny with one for none.
 */

interface Statement {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | string[];
  readonly NotAction?: string | string[];
  readonly Resource?: string | string[];
  readonly NotResource?: string | string[];
  readonly Condition?: Record<string, unknown>;
}

export interface Policy {
  readonly statements: readonly Statement[];
}

/** Undefined for what is no policy. */
export function readPolicy(text: string | undefined): Policy | undefined {
  if (text === undefined) return undefined;
  try {
    const { Statement } = JSON.parse(text) as { Statement?: Statement | Statement[] };
    return Statement === undefined ? undefined : { statements: [Statement].flat() };
  } catch {
    return undefined;
  }
}

/** Whether anybody may: allowed by a statement, and denied to all by none. */
export function allows(policy: Policy, action: string, resource: string): boolean {
  return (
    !denies(policy, action, resource) &&
    policy.statements.some((one) => one.Effect === 'Allow' && covers(one, action, resource))
  );
}

/** Whether it denies this without a condition, to everybody or to one of `principals` (ARNs). */
export function denies(policy: Policy, action: string, resource: string, principals: readonly string[] = []): boolean {
  return policy.statements.some(
    (one) =>
      one.Effect === 'Deny' &&
      Object.keys(one.Condition ?? {}).length === 0 &&
      covers(one, action, resource) &&
      names(one, principals, true),
  );
}

/** Whether it allows this to one of `principals`, or to the account as a whole. */
export function admits(policy: Policy, action: string, principals: readonly string[]): boolean {
  return policy.statements.some(
    (one) => one.Effect === 'Allow' && covers(one, action, '*') && names(one, principals, false),
  );
}

function names({ Principal, NotPrincipal }: Statement, principals: readonly string[], isDeny: boolean): boolean {
  if (NotPrincipal !== undefined) {
    const spared = textsOf(NotPrincipal);
    return isDeny ? !principals.some((one) => spared.some((pattern) => matches(pattern, one))) : true;
  }
  const named = textsOf(Principal);
  return named.includes('*') || principals.some((one) => named.some((pattern) => matches(pattern, one)));
}

function textsOf(principal: unknown): string[] {
  if (typeof principal === 'string') return [principal];
  return Object.values((principal ?? {}) as Record<string, string | string[]>).flat();
}

function covers({ Action, NotAction, Resource, NotResource }: Statement, action: string, resource: string): boolean {
  const isAction = NotAction === undefined ? any(Action, action) : !any(NotAction, action);
  const isResource =
    NotResource === undefined ? Resource === undefined || any(Resource, resource) : !any(NotResource, resource);
  return isAction && isResource;
}

function any(patterns: string | string[] | undefined, value: string): boolean {
  return [patterns ?? []].flat().some((pattern) => matches(pattern, value));
}

/** Two patterns meet where either covers the other: a demand of `…/*` is met by what allows all of it. */
function matches(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return value === '*' || new RegExp(`^${source}$`, 'i').test(value);
}
