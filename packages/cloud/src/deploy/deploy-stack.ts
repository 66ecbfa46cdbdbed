/**
 * Deploys a template at once, as the account itself: for the control plane, whose own creation is not what this room is about.
 */

import type { CloudCore, CreatedResource, ResourceContext } from '../core.ts';
import { DeployError } from '../errors.ts';
import { partitionOf } from '../partition.ts';
import { type IntrinsicScope, resolveIntrinsics } from './intrinsics.ts';
import { createConditions, orderResources, resolveParameters, type Template } from './template.ts';

export interface DeployRequest {
  readonly template: Template;
  readonly stackName: string;
  readonly assemblyDir: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface DeployedStack {
  readonly stackName: string;
  readonly stackId: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** What was created, by logical id. */
  readonly resources: ReadonlyMap<string, CreatedResource & { readonly type: string }>;
}

/** Types that mean nothing outside real CloudFormation. */
const skippedTypes: ReadonlySet<string> = new Set(['AWS::CDK::Metadata']);

/** The parameter by which every CDK template asks for the bootstrap version. */
const bootstrapParameter = 'BootstrapVersion';

/** Throws DeployError (or the service's AwsError) naming the resource that cannot be created. */
export async function deployStack(core: CloudCore, request: DeployRequest): Promise<DeployedStack> {
  const { template, stackName, assemblyDir } = request;
  if (template.Transform !== undefined) {
    throw new DeployError(`${stackName}: template transforms are not simulated`);
  }
  const stackId = core.arn('cloudformation', `stack/${stackName}/${core.newUuid()}`);
  const resources = new Map<string, CreatedResource & { type: string }>();
  const parameters = resolveParameters(withoutBootstrap(template), request.parameters);
  const scope = createScope(core, { template, stackName, stackId, parameters, resources });

  const isWanted = (logicalId: string): boolean => {
    const { Type, Condition } = template.Resources[logicalId] ?? { Type: '' };
    return !skippedTypes.has(Type) && (Condition === undefined || scope.condition(Condition));
  };
  for (const logicalId of orderResources(template, isWanted)) {
    const { Type: type, Properties = {} } = template.Resources[logicalId] ?? { Type: '' };
    const resourceType = core.resourceTypes[type];
    if (resourceType === undefined) {
      throw new DeployError(`${logicalId}: the resource type ${type} is not known to the simulated AWS`);
    }
    const context: ResourceContext = {
      core,
      logicalId,
      stackName,
      stackId,
      principal: undefined,
      assemblyDir,
      stackTags: [],
      generatedName: () => `${stackName}-${logicalId}-${core.newHex(12)}`.slice(-64),
    };
    try {
      const properties = resolveIntrinsics(Properties, scope);
      resources.set(logicalId, { ...(await resourceType.create(properties, context)), type });
    } catch (error) {
      throw error instanceof Error
        ? new DeployError(`${stackName}/${logicalId} (${type}): ${error.message}`, { cause: error })
        : error;
    }
  }
  core.trace({ kind: 'deployed', atMs: core.clock.nowMs(), stackName, resources: resources.size });
  return { stackName, stackId, resources, outputs: resolveOutputs(template, scope) };
}

function createScope(
  core: CloudCore,
  stack: {
    template: Template;
    stackName: string;
    stackId: string;
    parameters: Readonly<Record<string, unknown>>;
    resources: ReadonlyMap<string, CreatedResource>;
  },
): IntrinsicScope {
  const names: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': core.account,
    'AWS::Region': core.region,
    'AWS::Partition': core.partition,
    'AWS::URLSuffix': partitionOf(core.region).suffix,
    'AWS::StackName': stack.stackName,
    'AWS::StackId': stack.stackId,
    'AWS::NotificationARNs': [],
    ...stack.parameters,
  };
  const scope: IntrinsicScope = {
    ref: (name) => names[name] ?? stack.resources.get(name)?.ref,
    getAtt: (logicalId, attribute) => stack.resources.get(logicalId)?.attributes[attribute],
    condition: createConditions(stack.template, () => scope),
    mappings: stack.template.Mappings ?? {},
    region: core.region,
  };
  return scope;
}

function resolveOutputs(template: Template, scope: IntrinsicScope): Record<string, string> {
  return Object.fromEntries(
    Object.entries(template.Outputs ?? {})
      .filter(([, output]) => output.Condition === undefined || scope.condition(output.Condition))
      .map(([name, output]) => [name, String(resolveIntrinsics(output.Value, scope))]),
  );
}

function withoutBootstrap(template: Template): Template {
  const { [bootstrapParameter]: _bootstrap, ...Parameters } = template.Parameters ?? {};
  return { ...template, Parameters };
}
