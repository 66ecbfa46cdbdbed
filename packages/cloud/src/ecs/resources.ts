/** CloudFormation's `AWS::ECS::Cluster` and `AWS::ECS::TaskDefinition`. */
import type { CloudCore, ResourceType } from '../core.ts';
import { DeployError } from '../errors.ts';
import type { EcsRegistry } from './registry.ts';
import type { ContainerDefinition } from './task.ts';

const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

interface ContainerProperties {
  readonly Name: string;
  readonly Image: string;
  readonly Command?: readonly string[];
  readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
  readonly LogConfiguration?: { readonly LogDriver: string; readonly Options?: Readonly<Record<string, string>> };
  readonly Secrets?: readonly { readonly Name: string; readonly ValueFrom: string }[];
  readonly StopTimeout?: number | string;
}

export function createEcsTypes(core: CloudCore, registry: EcsRegistry): Readonly<Record<string, ResourceType>> {
  return {
    'AWS::ECS::Cluster': {
      create(properties, context) {
        const name = String(properties.ClusterName ?? context.generatedName());
        const arn = core.arn('ecs', `cluster/${name}`);
        registry.clusters.set(name, { name, arn });
        return { ref: name, attributes: { Arn: arn } };
      },
      delete(ref) {
        registry.clusters.delete(ref);
      },
    },
    'AWS::ECS::TaskDefinition': {
      create(properties, context) {
        const family = String(properties.Family ?? context.generatedName());
        const containers = (properties.ContainerDefinitions ?? []) as ContainerProperties[];
        const [container] = containers;
        if (container === undefined || containers.length > 1) {
          throw new DeployError(`${context.logicalId}: a simulated task has exactly one container`);
        }
        const revisions = registry.definitions.get(family) ?? [];
        const revision = revisions.length + 1;
        const arn = core.arn('ecs', `task-definition/${family}:${revision}`);
        registry.definitions.set(family, [
          ...revisions,
          {
            arn,
            family,
            revision,
            tags: new Map(
              [...context.stackTags, ...(properties.Tags ?? [])].map(({ Key, Value }) => [Key, String(Value)]),
            ),
            cpu: properties.Cpu,
            memory: properties.Memory,
            cpuArchitecture: properties.RuntimePlatform?.CpuArchitecture,
            taskRoleArn: properties.TaskRoleArn,
            executionRoleArn: properties.ExecutionRoleArn,
            container: readContainer(container),
          },
        ]);
        return { ref: arn, attributes: { TaskDefinitionArn: arn } };
      },
    },
  };
}

function readContainer(container: ContainerProperties): ContainerDefinition {
  const logs = container.LogConfiguration?.LogDriver === 'awslogs' ? container.LogConfiguration.Options : undefined;
  const sources = (container.Secrets ?? []).map(({ ValueFrom }) =>
    ValueFrom.includes(':secretsmanager:') ? ('secretsmanager' as const) : ('ssm' as const),
  );
  return {
    name: container.Name,
    image: container.Image,
    command: container.Command ?? [],
    environment: Object.fromEntries((container.Environment ?? []).map(({ Name, Value }) => [Name, String(Value)])),
    logGroup: logs?.['awslogs-group'],
    logStreamPrefix: logs?.['awslogs-stream-prefix'],
    secretSources: [...new Set(sources)],
    stopTimeoutMs: Number(container.StopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS) * 1000,
  };
}
