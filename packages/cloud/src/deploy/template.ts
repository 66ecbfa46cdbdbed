/**
 * A CloudFormation template and what deploying one takes: parameters, conditions, and the order of creation.
 */
import { DeployError } from '../errors.ts';
import { evaluateCondition, type IntrinsicScope } from './intrinsics.ts';
import { collectReferences } from './references.ts';

export interface Template {
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Rules?: unknown;
  readonly Transform?: unknown;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly unknown[];
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
}

/** What parameters stand for: list types are lists. Throws DeployError for one that is missing, unknown or not allowed. */
export function resolveParameters(
  template: Template,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  const declared = template.Parameters ?? {};
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      throw new DeployError(`Parameters: [${name}] do not exist in the template`);
    }
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => {
      const value = given[name] ?? parameter.Default;
      if (value === undefined) {
        throw new DeployError(`Parameters: [${name}] must have values`);
      }
      if (parameter.Type.startsWith('AWS::SSM::')) {
        throw new DeployError(`Parameter ${name}: values from the parameter store are not simulated`);
      }
      checkAllowed(name, String(value), parameter);
      return [name, isListType(parameter.Type) ? toList(String(value)) : String(value)];
    }),
  );
}

function checkAllowed(name: string, value: string, parameter: TemplateParameter): void {
  if (parameter.AllowedPattern !== undefined && !new RegExp(`^(?:${parameter.AllowedPattern})$`).test(value)) {
    throw new DeployError(`Parameter ${name} failed to satisfy constraint: ${parameter.AllowedPattern}`);
  }
  if (parameter.AllowedValues !== undefined && !parameter.AllowedValues.map(String).includes(value)) {
    throw new DeployError(`Parameter ${name} must be one of ${parameter.AllowedValues.join(', ')}`);
  }
}

function isListType(type: string): boolean {
  return type === 'CommaDelimitedList' || type.startsWith('List<');
}

function toList(value: string): string[] {
  return value === '' ? [] : value.split(',').map((entry) => entry.trim());
}

/** A function that says whether a condition of the template holds, each evaluated once. Throws DeployError. */
export function createConditions(template: Template, scope: () => IntrinsicScope): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let value = known.get(name);
    if (value === undefined) {
      const expression = template.Conditions?.[name];
      if (expression === undefined) {
        throw new DeployError(`the template has no condition ${name}`);
      }
      value = evaluateCondition(expression, scope());
      known.set(name, value);
    }
    return value;
  };
}

/** Logical ids in an order in which each comes after what it refers to or depends on. Throws DeployError for a circle. */
export function orderResources(template: Template, isWanted: (logicalId: string) => boolean): string[] {
  const order: string[] = [];
  const states = new Map<string, 'visiting' | 'done'>();
  const visit = (logicalId: string, path: readonly string[]): void => {
    const resource = template.Resources[logicalId];
    if (resource === undefined || !isWanted(logicalId) || states.get(logicalId) === 'done') {
      return;
    }
    if (states.get(logicalId) === 'visiting') {
      throw new DeployError(`Circular dependency between resources: [${[...path, logicalId].join(', ')}]`);
    }
    states.set(logicalId, 'visiting');
    const after = collectReferences(resource.Properties ?? {});
    for (const name of [resource.DependsOn ?? []].flat()) {
      if (template.Resources[name] === undefined) {
        throw new DeployError(`${logicalId} depends on ${name}, which the template does not hold`);
      }
      after.add(name);
    }
    for (const name of after) {
      visit(name, [...path, logicalId]);
    }
    states.set(logicalId, 'done');
    order.push(logicalId);
  };
  for (const logicalId of Object.keys(template.Resources)) {
    visit(logicalId, []);
  }
  return order;
}
