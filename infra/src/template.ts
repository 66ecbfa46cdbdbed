/** A synthesized template as data, for the rules that tests state about it. */
import { readFileSync } from 'node:fs';

/** Any JSON value; templates are looked into freely. */
// biome-ignore lint/suspicious/noExplicitAny: a template has no narrower type that would help to look into it
export type Json = any;

/** One resource with its logical id. */
export interface Resource {
  readonly id: string;
  readonly Type: string;
  readonly Properties: Json;
}

/** One statement of a policy that belongs to a role, with the role's logical id. */
export interface GrantedStatement {
  readonly role: string;
  readonly effect: string;
  readonly actions: string[];
  readonly resources: Json[];
  readonly condition: Json;
}

/** A template read from disk. */
export class Template {
  readonly json: Json;

  constructor(file: string) {
    this.json = JSON.parse(readFileSync(file, 'utf8'));
  }

  /** All resources, or those of one type (without `AWS::`). */
  resources(type?: string): Resource[] {
    return Object.entries<Json>(this.json.Resources)
      .map(([id, { Type, Properties = {} }]) => ({ id, Type, Properties }))
      .filter(({ Type }) => type === undefined || Type === `AWS::${type}`);
  }

  /** The one resource of `type` whose property `key` is `value`. */
  named(type: string, key: string, value: string): Resource {
    const found = this.resources(type).filter(({ Properties }) => Properties[key] === value);
    if (found.length !== 1 || found[0] === undefined)
      throw new Error(`${found.length} of ${type} with ${key} ${value}`);
    return found[0];
  }

  /** Every statement of every identity policy: roles' own, attached, and managed ones. */
  grants(): GrantedStatement[] {
    const own = this.resources('IAM::Role').flatMap(({ id, Properties }) =>
      (Properties.Policies ?? []).flatMap(({ PolicyDocument }: Json) => readStatements(id, PolicyDocument)),
    );
    const attached = this.resources('IAM::Policy').flatMap(({ Properties }) =>
      Properties.Roles.flatMap(({ Ref }: Json) => readStatements(Ref, Properties.PolicyDocument)),
    );
    const managed = this.resources('IAM::ManagedPolicy').flatMap(({ id, Properties }) =>
      readStatements(id, Properties.PolicyDocument),
    );
    return [...own, ...attached, ...managed];
  }
}

/** The logical id that a `Ref` or `Fn::GetAtt` points at. */
export function referenced(value: Json): string | undefined {
  return value?.Ref ?? value?.['Fn::GetAtt']?.[0];
}

/** A value that may be one or a list, as a list. */
export function asList(value: Json): Json[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function readStatements(role: string, document: Json): GrantedStatement[] {
  return document.Statement.map((statement: Json) => ({
    role,
    effect: statement.Effect,
    actions: asList(statement.Action),
    resources: asList(statement.Resource),
    condition: statement.Condition,
  }));
}
