/** What a stack publishes: its own list of events, the trace, and the default bus (CloudFormation User Guide, "Event detail"). */
import type { CloudCore } from '../core.ts';
import type { Stack, StackEvent } from './stack.ts';

/** Records the stack's present status. */
export function recordStack(core: CloudCore, stack: Stack): void {
  const { id, name, status, statusReason: reason, token } = stack;
  const atMs = core.clock.nowMs();
  const type = 'AWS::CloudFormation::Stack';
  stack.events.push({ id: core.newUuid(), atMs, logicalId: name, physicalId: id, type, status, reason, token });
  core.trace({
    kind: 'stack',
    atMs,
    stackName: name,
    stackId: id,
    status,
    ...(reason === undefined ? {} : { reason }),
  });
  core.emitServiceEvent({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Stack Status Change',
    resources: [id],
    detail: {
      'stack-id': id,
      'status-details': { status, 'status-reason': reason ?? '' },
      'client-request-token': token ?? '',
    },
  });
}

/** Records the status of one of its resources. */
export function recordResource(
  core: CloudCore,
  stack: Stack,
  resource: {
    logicalId: string;
    type: string;
    physicalId?: string;
    status: string;
    reason?: string;
    hook?: NonNullable<StackEvent['hook']>;
  },
): void {
  const { logicalId, type, physicalId = '', status, reason, hook } = resource;
  stack.events.push({
    id: `${logicalId}-${status}-${core.newUuid()}`,
    atMs: core.clock.nowMs(),
    logicalId,
    physicalId,
    type,
    status,
    reason,
    token: stack.token,
    ...(hook && { hook }),
  });
  core.emitServiceEvent({
    source: 'aws.cloudformation',
    detailType: 'CloudFormation Resource Status Change',
    resources: [stack.id],
    detail: {
      'stack-id': stack.id,
      'logical-resource-id': logicalId,
      'physical-resource-id': physicalId,
      'status-details': { status, 'status-reason': reason ?? '' },
      'resource-type': type,
      'client-request-token': stack.token ?? '',
    },
  });
}
