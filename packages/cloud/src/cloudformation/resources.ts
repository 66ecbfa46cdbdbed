/** Creates, watches and deletes a stack's resources, every call as the stack's role. */

import type { CloudCore, ResourceContext } from '../core.ts';
import { resolveIntrinsics } from '../deploy/intrinsics.ts';
import { orderResources } from '../deploy/template.ts';
import { AwsError } from '../errors.ts';
import type { Principal } from '../service.ts';
import { recordResource } from './events.ts';
import { createStackScope } from './scope.ts';
import type { Stack } from './stack.ts';

/** The logical id of the first resource that could not be created, if one could not. */
export async function createResources(core: CloudCore, stack: Stack, hook?: FailingHook): Promise<string | undefined> {
  const scope = createStackScope(core, stack);
  const isWanted = (logicalId: string) => {
    const condition = stack.template.Resources[logicalId]?.Condition;
    return condition === undefined || scope.condition(condition);
  };
  for (const logicalId of orderResources(stack.template, isWanted)) {
    const { Type: type, Properties = {} } = stack.template.Resources[logicalId] ?? { Type: '' };
    recordResource(core, stack, { logicalId, type, status: 'CREATE_IN_PROGRESS' });
    if (hook !== undefined) {
      failByHook(core, stack, { logicalId, type }, hook);
      return logicalId;
    }
    try {
      const properties = resolveIntrinsics(Properties, scope);
      const created = await core.resourceTypes[type]?.create(properties, createContext(core, stack, logicalId));
      if (created === undefined) throw new Error(`The resource type ${type} is not known`);
      const { ref: physicalId, attributes } = created;
      stack.resources.set(logicalId, { logicalId, type, physicalId, properties, attributes });
    } catch (error) {
      recordResource(core, stack, {
        logicalId,
        type,
        status: 'CREATE_FAILED',
        reason: saidByHandler(core, type, error),
      });
      return logicalId;
    }
  }
  return undefined;
}

/** A hook of the organisation that refuses whatever it is shown. */
export interface FailingHook {
  readonly type: string;
  readonly reason: string;
}

/** The resource's own event names the hook only; why it failed stands in an event of the hook: https://github.com/aws/aws-cdk/issues/21674 */
function failByHook(
  core: CloudCore,
  stack: Stack,
  resource: { logicalId: string; type: string },
  { type, reason }: FailingHook,
): void {
  const hook = { type, status: 'HOOK_COMPLETE_FAILED', reason: `Hook failed with message: ${reason}` };
  recordResource(core, stack, { ...resource, status: 'CREATE_IN_PROGRESS', hook });
  recordResource(core, stack, {
    ...resource,
    status: 'CREATE_FAILED',
    reason: `The following hook(s) failed: [${type}]`,
  });
}

/** Why a resource could not be deleted, if one could not. */
export async function deleteResources(core: CloudCore, stack: Stack): Promise<string | undefined> {
  const failed: string[] = [];
  for (const resource of [...stack.resources.values()].reverse()) {
    const { logicalId, type, physicalId, properties } = resource;
    recordResource(core, stack, { logicalId, type, physicalId, status: 'DELETE_IN_PROGRESS' });
    try {
      await core.resourceTypes[type]?.delete?.(physicalId, properties, createContext(core, stack, logicalId));
    } catch (error) {
      recordResource(core, stack, {
        logicalId,
        type,
        physicalId,
        status: 'DELETE_FAILED',
        reason: saidByHandler(core, type, error),
      });
      failed.push(logicalId);
    }
  }
  return failed.length === 0 ? undefined : `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
}

/** Whether any endpoint of the stack is still in `state`, or why that is not known. */
export async function lookForEndpoints(
  core: CloudCore,
  stack: Stack,
  state: 'pending' | 'deleting',
): Promise<{ waits: boolean; failure?: string }> {
  const ids = [...stack.resources.values()]
    .filter(({ type }) => type === 'AWS::EC2::VPCEndpoint')
    .map(({ physicalId }) => physicalId);
  if (ids.length === 0) return { waits: false };
  const input = {
    Filter: [
      { Name: 'vpc-endpoint-id', Value: ids },
      { Name: 'vpc-endpoint-state', Value: [state] },
    ],
  };
  try {
    const answer = await core.call('ec2', 'DescribeVpcEndpoints', input, principalOf(core, stack));
    return { waits: (answer as { vpcEndpointSet: unknown[] }).vpcEndpointSet.length > 0 };
  } catch (error) {
    return { waits: false, failure: messageOf(error) };
  }
}

function createContext(core: CloudCore, stack: Stack, logicalId: string): ResourceContext {
  return {
    core,
    logicalId,
    stackName: stack.name,
    stackId: stack.id,
    principal: principalOf(core, stack),
    assemblyDir: undefined,
    stackTags: stack.tags,
    generatedName: () => `${stack.name}-${logicalId}-${core.newHex(12)}`,
  };
}

function principalOf(core: CloudCore, stack: Stack): Principal {
  if (stack.roleArn === undefined) return stack.caller;
  return core.assumeRole(stack.roleArn, 'cloudformation.amazonaws.com', {
    sessionName: 'AWSCloudFormation',
    sourceArn: stack.id,
  });
}

/** As CloudFormation words what a resource's own service answered. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
function saidByHandler(core: CloudCore, type: string, error: unknown): string {
  if (!(error instanceof AwsError)) return messageOf(error);
  const service = type.split('::')[1] ?? '';
  const name = service.charAt(0) + service.slice(1).toLowerCase();
  const said = `${error.message} (Service: ${name}, Status Code: ${error.httpStatus}, Request ID: ${core.newUuid()}) (SDK Attempt Count: 1)`;
  return `Resource handler returned message: "${said}" (RequestToken: ${core.newUuid()}, HandlerErrorCode: ${handlerCodeOf(error)})`;
}

function handlerCodeOf({ code, httpStatus }: AwsError): string {
  if (/Throttl|RequestLimitExceeded/.test(code)) return 'Throttling';
  if (/LimitExceeded/.test(code)) return 'ServiceLimitExceeded';
  if (/NotFound/.test(code)) return 'NotFound';
  if (httpStatus === 403) return 'AccessDenied';
  return httpStatus >= 500 ? 'ServiceInternalError' : 'InvalidRequest';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
