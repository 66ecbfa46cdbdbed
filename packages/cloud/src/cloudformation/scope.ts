/** What names in a run-time stack's template stand for, over the one resolver of this room. */

import type { CloudCore } from '../core.ts';
import { type IntrinsicScope, resolveIntrinsics } from '../deploy/intrinsics.ts';
import { createConditions } from '../deploy/template.ts';
import { partitionOf } from '../partition.ts';
import type { Stack } from './stack.ts';

export function createStackScope(core: CloudCore, stack: Stack): IntrinsicScope {
  const names: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': core.account,
    'AWS::Region': core.region,
    'AWS::Partition': core.partition,
    'AWS::URLSuffix': partitionOf(core.region).suffix,
    'AWS::StackName': stack.name,
    'AWS::StackId': stack.id,
    'AWS::NotificationARNs': [],
    ...stack.parameterValues,
  };
  const scope: IntrinsicScope = {
    ref: (name) => names[name] ?? stack.resources.get(name)?.physicalId,
    getAtt: (logicalId, attribute) => stack.resources.get(logicalId)?.attributes[attribute],
    condition: createConditions(stack.template, () => scope),
    mappings: stack.template.Mappings ?? {},
    region: core.region,
  };
  return scope;
}

export function resolveStackOutputs(stack: Stack, scope: IntrinsicScope): Record<string, string> {
  return Object.fromEntries(
    Object.entries(stack.template.Outputs ?? {})
      .filter(([, output]) => output.Condition === undefined || scope.condition(output.Condition))
      .map(([name, output]) => [name, String(resolveIntrinsics(output.Value, scope))]),
  );
}
