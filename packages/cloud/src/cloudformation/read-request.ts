/** Reads and checks a CreateStack request, and makes the stack of it. */

import type { CloudCore } from '../core.ts';
import { orderResources, resolveParameters, type Template } from '../deploy/template.ts';
import { AwsError, DeployError } from '../errors.ts';
import type { ApiCall } from '../service.ts';
import type { Stack, StackTag } from './stack.ts';

export interface CreateStackInput {
  readonly StackName?: string;
  readonly TemplateBody?: string;
  readonly TemplateURL?: string;
  readonly Parameters?: readonly { readonly ParameterKey: string; readonly ParameterValue?: string }[];
  readonly Tags?: readonly StackTag[];
  readonly OnFailure?: string;
  readonly DisableRollback?: string | boolean;
  readonly TimeoutInMinutes?: string | number;
  readonly ClientRequestToken?: string;
  readonly RoleARN?: string;
  readonly EnableTerminationProtection?: string | boolean;
}

/** CloudFormation quotas: the body of a template in a request. */
const MAX_BODY_BYTES = 51_200;
const ON_FAILURE = ['DELETE', 'ROLLBACK', 'DO_NOTHING'] as const;

/** @throws AwsError ValidationError */
export function readCreateStack(core: CloudCore, input: CreateStackInput, call: ApiCall): Stack {
  const name = input.StackName ?? '';
  if (!/^[A-Za-z][-A-Za-z0-9]{0,127}$/.test(name)) {
    throw validationError(
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
    );
  }
  const token = input.ClientRequestToken;
  if (token !== undefined && !/^[A-Za-z0-9][-A-Za-z0-9]{0,127}$/.test(token)) {
    throw validationError(
      `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*`,
    );
  }
  const template = readTemplate(core, input);
  const given = Object.fromEntries(
    asList(input.Parameters).map(({ ParameterKey, ParameterValue }) => [ParameterKey, ParameterValue ?? '']),
  );
  return {
    id: core.arn('cloudformation', `stack/${name}/${core.newUuid()}`),
    name,
    template,
    parameters: { ...defaultsOf(template), ...given },
    parameterValues: refuseDeployErrors(() => resolveParameters(template, given)),
    tags: asList(input.Tags),
    onFailure: readOnFailure(input),
    timeoutMs: input.TimeoutInMinutes === undefined ? undefined : Number(input.TimeoutInMinutes) * 60_000,
    createdAtMs: call.nowMs,
    createToken: token,
    roleArn: input.RoleARN,
    caller: call.principal,
    isProtected: String(input.EnableTerminationProtection) === 'true',
    status: 'CREATE_IN_PROGRESS',
    statusReason: undefined,
    deletedAtMs: undefined,
    token,
    operation: 0,
    resources: new Map(),
    outputs: {},
    events: [],
  };
}

function readTemplate(core: CloudCore, input: CreateStackInput): Template {
  if (input.TemplateURL !== undefined) throw validationError('TemplateURL is not simulated; send the TemplateBody');
  const body = input.TemplateBody ?? '';
  if (body === '') throw validationError('Either Template URL or Template Body must be specified.');
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
    );
  }
  const template = parseJson(body);
  const resources = Object.values(template.Resources ?? {});
  if (resources.length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  const unknown = [...new Set(resources.map(({ Type }) => Type))].filter(
    (type) => core.resourceTypes[type] === undefined,
  );
  if (unknown.length > 0)
    throw validationError(`Template format error: Unrecognized resource types: [${unknown.join(', ')}]`);
  refuseDeployErrors(() => orderResources(template, () => true));
  return template;
}

function parseJson(body: string): Template {
  try {
    const template: unknown = JSON.parse(body);
    if (typeof template === 'object' && template !== null) return template as Template;
  } catch {
    // Reported below, like a body that is no object.
  }
  throw validationError('Template format error: JSON not well-formed.');
}

/** What the template itself gets wrong is answered to whoever sent it. */
function refuseDeployErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DeployError) throw validationError(error.message);
    throw error;
  }
}

function defaultsOf(template: Template): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
      Default === undefined ? [] : [[name, String(Default)]],
    ),
  );
}

function readOnFailure(input: CreateStackInput): Stack['onFailure'] {
  if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
    throw validationError('You can specify either DisableRollback or OnFailure, but not both.');
  }
  if (String(input.DisableRollback) === 'true') return 'DO_NOTHING';
  const wanted = ON_FAILURE.find((value) => value === (input.OnFailure ?? 'ROLLBACK'));
  if (wanted === undefined) {
    throw validationError(
      `1 validation error detected: Value '${input.OnFailure}' at 'onFailure' failed to satisfy constraint: Member must satisfy enum value set: [ROLLBACK, DELETE, DO_NOTHING]`,
    );
  }
  return wanted;
}

/** An empty list arrives as empty text in the query protocol. */
function asList<T>(list: readonly T[] | undefined): readonly T[] {
  return Array.isArray(list) ? list : [];
}

export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message);
}
