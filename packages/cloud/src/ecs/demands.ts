/** What IAM must allow for each ECS call (Service Authorization Reference, "Amazon Elastic Container Service"). */
import type { CloudCore } from '../core.ts';
import { type Demand, requestTags } from '../service.ts';
import { clusterName, type EcsRegistry } from './registry.ts';
import type { RunTaskInput } from './run-task.ts';

export function listDemands(
  core: CloudCore,
  registry: EcsRegistry,
  operation: string,
  input: Record<string, unknown>,
): readonly Demand[] {
  const action = `ecs:${operation}`;
  const cluster = clusterName(input.cluster);
  const conditions = { 'ecs:cluster': core.arn('ecs', `cluster/${cluster}`) };
  const taskArn = (idOrArn: unknown) =>
    String(idOrArn).startsWith('arn:') ? String(idOrArn) : core.arn('ecs', `task/${cluster}/${String(idOrArn)}`);
  switch (operation) {
    case 'RunTask':
      return demandRun(core, registry, input as RunTaskInput, cluster);
    case 'DescribeTasks':
      return [{ action, resources: ((input.tasks ?? []) as unknown[]).map(taskArn), conditions }];
    case 'StopTask':
      return [{ action, resources: [taskArn(input.task)], conditions }];
    case 'ListTasks':
      return [{ action, resources: [core.arn('ecs', `container-instance/${cluster}/*`)], conditions }];
    case 'TagResource':
      return [{ action, resources: [String(input.resourceArn)], conditions: tagConditions(input.tags) }];
    case 'DescribeClusters':
      return [
        {
          action,
          resources: ((input.clusters ?? ['default']) as unknown[]).map((one) =>
            core.arn('ecs', `cluster/${clusterName(one)}`),
          ),
        },
      ];
    default:
      return [{ action, resources: ['*'] }];
  }
}

function demandRun(core: CloudCore, registry: EcsRegistry, input: RunTaskInput, cluster: string): Demand[] {
  const definition = registry.findDefinition(input.taskDefinition);
  const given = String(input.taskDefinition).replace(/^arn:.*:task-definition\//, '');
  const demands: Demand[] = [
    {
      action: 'ecs:RunTask',
      resources: [definition?.arn ?? core.arn('ecs', `task-definition/${given}`)],
      conditions: { 'ecs:cluster': core.arn('ecs', `cluster/${cluster}`), ...tagConditions(input.tags) },
    },
  ];
  const roles = [
    input.overrides?.taskRoleArn ?? definition?.taskRoleArn,
    input.overrides?.executionRoleArn ?? definition?.executionRoleArn,
  ];
  for (const roleArn of new Set(roles)) {
    if (roleArn !== undefined) demands.push(core.passRole(roleArn, 'ecs-tasks.amazonaws.com'));
  }
  if ((input.tags ?? []).length > 0 || input.propagateTags === 'TASK_DEFINITION') {
    demands.push({
      action: 'ecs:TagResource',
      resources: [core.arn('ecs', `task/${cluster}/*`)],
      conditions: { 'ecs:CreateAction': 'RunTask', ...tagConditions(input.tags) },
    });
  }
  return demands;
}

function tagConditions(tags: unknown): Record<string, string | string[]> {
  const list = Array.isArray(tags) ? (tags as { key: string; value: string }[]) : [];
  return requestTags(list.map(({ key, value }) => [key, value]));
}
