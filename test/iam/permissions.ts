/**
 * Every single permission of a template: one action on one resource, by the policy that grants it; and the same template without it, or
 * with one more.
 */
import type { Cloud } from '@hourglass/cloud';

export type Template = Parameters<Cloud['deployTemplate']>[0];

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

export interface Permission {
  /** The logical id of the role, or of the managed policy. */
  owner: string;
  action: string;
  /** Intrinsic functions as text: `${LogicalId}` and `${AWS::Region}`. */
  resource: string;
  condition: Statement['Condition'];
  /** Where it stands. */
  at: { logicalId: string; policy: number | null; statement: number; action: number; resource: number };
}

type Json = Record<string, unknown>;

export function listPermissions(template: Template): Permission[] {
  return documents(template).flatMap(({ logicalId, policy, owner, statements }) =>
    statements.flatMap((one, statement) =>
      asList(one.Action).flatMap((name, action) =>
        asList(one.Resource).map((resource, index) => ({
          owner,
          action: String(name),
          resource: textOf(resource),
          condition: one.Condition,
          at: { logicalId, policy, statement, action, resource: index },
        })),
      ),
    ),
  );
}

/** The template in which this one action on this one resource is no longer allowed by its statement. */
export function withoutPermission(template: Template, { at }: Permission): Template {
  const changed = structuredClone(template);
  const statements = statementsAt(changed, at.logicalId, at.policy);
  const found = statements[at.statement] as Statement;
  const [actions, resources] = [asList(found.Action), asList(found.Resource)];
  const rest: Statement[] = [
    { ...found, Sid: `${found.Sid}1`, Action: actions.filter((_, n) => n !== at.action) as string[] },
    {
      ...found,
      Sid: `${found.Sid}2`,
      Action: [actions[at.action] as string],
      Resource: resources.filter((_, n) => n !== at.resource),
    },
  ];
  const kept = rest.filter(({ Action, Resource }) => asList(Action).length > 0 && asList(Resource).length > 0);
  statements.splice(at.statement, 1, ...kept);
  return changed;
}

/** The template whose statement allows one action more. */
export function withAction(template: Template, { at }: Permission, action: string): Template {
  const changed = structuredClone(template);
  const found = statementsAt(changed, at.logicalId, at.policy)[at.statement] as Statement;
  found.Action = [...(asList(found.Action) as string[]), action];
  return changed;
}

interface Granting {
  logicalId: string;
  policy: number | null;
  owner: string;
  statements: Statement[];
}

function documents(template: Template): Granting[] {
  return Object.entries(template.Resources).flatMap(([logicalId, { Type, Properties = {} }]): Granting[] => {
    const properties = Properties as Json;
    if (Type === 'AWS::IAM::Role') {
      const policies = (properties.Policies ?? []) as Json[];
      return policies.map((_, policy) => ({
        logicalId,
        policy,
        owner: logicalId,
        statements: statementsAt(template, logicalId, policy),
      }));
    }
    if (Type !== 'AWS::IAM::Policy' && Type !== 'AWS::IAM::ManagedPolicy') return [];
    const [role] = asList(properties.Roles).filter((one) => one !== undefined);
    const owner = role === undefined ? logicalId : String((role as Json).Ref ?? role);
    return [{ logicalId, policy: null, owner, statements: statementsAt(template, logicalId, null) }];
  });
}

function statementsAt(template: Template, logicalId: string, policy: number | null): Statement[] {
  const properties = (template.Resources[logicalId]?.Properties ?? {}) as Json;
  const holder = policy === null ? properties : (properties.Policies as Json[])[policy];
  return (holder as { PolicyDocument: { Statement: Statement[] } }).PolicyDocument.Statement;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[name, argument]] = Object.entries(value as Json) as [[string, unknown]];
  if (name === 'Fn::Join')
    return ((argument as [string, unknown[]])[1] ?? []).map(textOf).join((argument as string[])[0]);
  if (name === 'Fn::GetAtt') return `\${${(argument as string[])[0]}}`;
  if (name === 'Ref') return `\${${argument}}`;
  return JSON.stringify(value);
}
