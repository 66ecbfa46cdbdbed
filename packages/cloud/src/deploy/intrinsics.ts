/**
 * The one resolver of CloudFormation's intrinsic functions, for the control plane's deployment and for stacks created at run time.
 * A reference to what is not there fails; so does a function this room does not know.
 */
import { DeployError } from '../errors.ts';

/** What names in a template stand for. */
export interface IntrinsicScope {
  /** The value of `Ref`: parameter, pseudo parameter or resource. Throw (or return undefined) for a name that is not there. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  readonly mappings: Readonly<Record<string, Record<string, Record<string, unknown>>>>;
  readonly region: string;
}

/** Stands for a property that is left out (`AWS::NoValue`). */
const noValue = Symbol('AWS::NoValue');

type Arguments = unknown;

/** `value` with every intrinsic function in it replaced by what it gives. Throws DeployError. */
export function resolveIntrinsics(value: unknown, scope: IntrinsicScope): unknown {
  const resolved = resolve(value, scope);
  return resolved === noValue ? undefined : resolved;
}

function resolve(value: unknown, scope: IntrinsicScope): unknown {
  if (Array.isArray(value)) {
    return value.map((entry) => resolve(entry, scope)).filter((entry) => entry !== noValue);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length === 1 && name !== undefined && isIntrinsic(name)) {
    return apply(name, (value as Record<string, unknown>)[name], scope);
  }
  const result: Record<string, unknown> = {};
  for (const key of keys) {
    const resolved = resolve((value as Record<string, unknown>)[key], scope);
    if (resolved !== noValue) {
      result[key] = resolved;
    }
  }
  return result;
}

/** Whether a key names an intrinsic function. `Condition` does only inside conditions, where `evaluateCondition` looks for it. */
function isIntrinsic(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::');
}

function apply(name: string, argument: Arguments, scope: IntrinsicScope): unknown {
  switch (name) {
    case 'Ref':
      return lookUp(text(argument, 'Ref'), scope);
    case 'Fn::GetAtt':
      return getAtt(argument, scope);
    case 'Fn::Join': {
      const [separator, parts] = list(argument, name);
      return list(resolve(parts, scope), name)
        .map((part) => scalarText(part, name))
        .join(text(separator, name));
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Select': {
      const [index, entries] = list(argument, name);
      const from = list(resolve(entries, scope), name);
      const at = Number(resolve(index, scope));
      if (!Number.isInteger(at) || at < 0 || at >= from.length) {
        throw new DeployError(`Fn::Select asks for entry ${at} of ${from.length}`);
      }
      return from[at];
    }
    case 'Fn::Split': {
      const [separator, source] = list(argument, name);
      return text(resolve(source, scope), name).split(text(separator, name));
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = list(argument, name);
      return resolve(scope.condition(text(condition, name)) ? whenTrue : whenFalse, scope);
    }
    case 'Fn::FindInMap': {
      const [map, first, second] = list(argument, name).map((entry) => text(resolve(entry, scope), name));
      const found = scope.mappings[map ?? '']?.[first ?? '']?.[second ?? ''];
      if (found === undefined) {
        throw new DeployError(`Fn::FindInMap finds nothing at ${map}.${first}.${second}`);
      }
      return found;
    }
    case 'Fn::Base64':
      return Buffer.from(text(resolve(argument, scope), name)).toString('base64');
    case 'Fn::GetAZs': {
      const region = resolve(argument, scope);
      const of = region === '' ? scope.region : text(region, name);
      return ['a', 'c', 'd'].map((zone) => `${of}${zone}`);
    }
    case 'Fn::Equals':
    case 'Fn::Not':
    case 'Fn::And':
    case 'Fn::Or':
      return evaluateCondition({ [name]: argument }, scope);
    default:
      throw new DeployError(`intrinsic function ${name} is not known to the simulated AWS`);
  }
}

/** The value of an entry of a template's `Conditions`. */
export function evaluateCondition(expression: unknown, scope: IntrinsicScope): boolean {
  if (typeof expression !== 'object' || expression === null) {
    throw new DeployError(`a condition must be a function, not ${JSON.stringify(expression)}`);
  }
  const [[name, argument] = ['', undefined]] = Object.entries(expression);
  switch (name) {
    case 'Condition':
      return scope.condition(text(argument, name));
    case 'Fn::Equals': {
      const [left, right] = list(argument, name).map((entry) => resolve(entry, scope));
      return String(left) === String(right);
    }
    case 'Fn::Not':
      return !evaluateCondition(list(argument, name)[0], scope);
    case 'Fn::And':
      return list(argument, name).every((entry) => evaluateCondition(entry, scope));
    case 'Fn::Or':
      return list(argument, name).some((entry) => evaluateCondition(entry, scope));
    default:
      throw new DeployError(`condition function ${name} is not known to the simulated AWS`);
  }
}

function lookUp(name: string, scope: IntrinsicScope): unknown {
  if (name === 'AWS::NoValue') {
    return noValue;
  }
  const value = scope.ref(name);
  if (value === undefined) {
    throw new DeployError(`Ref names ${name}, which is neither a parameter nor a resource of the template`);
  }
  return value;
}

function getAtt(argument: Arguments, scope: IntrinsicScope): unknown {
  const [logicalId, ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
  const name = attribute.map((part) => text(resolve(part, scope), 'Fn::GetAtt')).join('.');
  const value = scope.getAtt(text(logicalId, 'Fn::GetAtt'), name);
  if (value === undefined) {
    throw new DeployError(`Fn::GetAtt names ${logicalId}.${name}, which does not exist`);
  }
  return value;
}

function substitute(argument: Arguments, scope: IntrinsicScope): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = resolve(variables, scope) as Record<string, unknown>;
  return text(template, 'Fn::Sub').replace(/\$\{(!?)([^}]+)\}/g, (_whole, literal: string, name: string) => {
    if (literal !== '') {
      return `\${${name}}`;
    }
    const dot = name.indexOf('.');
    const value = Object.hasOwn(own, name)
      ? own[name]
      : dot < 0
        ? lookUp(name, scope)
        : getAtt([name.slice(0, dot), name.slice(dot + 1)], scope);
    return scalarText(value, 'Fn::Sub');
  });
}

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) {
    throw new DeployError(`${name} needs a list, not ${JSON.stringify(value)}`);
  }
  return value;
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') {
    throw new DeployError(`${name} needs text, not ${JSON.stringify(value)}`);
  }
  return value;
}

function scalarText(value: unknown, name: string): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw new DeployError(`${name} needs text, not ${JSON.stringify(value)}`);
  }
  return String(value);
}
