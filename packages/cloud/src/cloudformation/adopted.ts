/** What was deployed from an assembly at once, as CloudFormation shows it: complete, with its outputs and resources, and not to be changed. */
import type { DeployedStack } from '../deploy/deploy-stack.ts';
import type { Template } from '../deploy/template.ts';
import { AwsError } from '../errors.ts';

export interface AdoptedStack {
  readonly id: string;
  readonly name: string;
  readonly template: Template;
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: DeployedStack['resources'];
  readonly outputs: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs are the wire's.
type AdoptedOperation = (stack: AdoptedStack, input: any) => unknown;

export function createAdoptedOperations() {
  const summarize = (stack: AdoptedStack) => ({
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: new Date(stack.createdAtMs),
    StackStatus: 'CREATE_COMPLETE',
  });
  const describe = (stack: AdoptedStack) => ({
    ...summarize(stack),
    Parameters: toPairs(stack.parameters, 'ParameterKey', 'ParameterValue'),
    Outputs: toPairs(stack.outputs, 'OutputKey', 'OutputValue').map((output) => ({
      ...output,
      Description: (stack.template.Outputs?.[output.OutputKey ?? ''] as { Description?: string } | undefined)
        ?.Description,
    })),
    Tags: [],
    DisableRollback: false,
    NotificationARNs: [],
  });
  const listResources = (stack: AdoptedStack) =>
    [...stack.resources].map(([LogicalResourceId, { ref, type }]) => ({
      LogicalResourceId,
      PhysicalResourceId: ref,
      ResourceType: type,
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date(stack.createdAtMs),
      Timestamp: new Date(stack.createdAtMs),
    }));
  const refuse: AdoptedOperation = ({ name }) => {
    throw new AwsError('ValidationError', `the simulated AWS neither changes nor deletes what was deployed: ${name}`);
  };
  const operations: Readonly<Record<string, AdoptedOperation>> = {
    CreateStack: ({ name }) => {
      throw new AwsError('AlreadyExistsException', `Stack [${name}] already exists`);
    },
    DeleteStack: refuse,
    DescribeStacks: (stack) => ({ Stacks: [describe(stack)] }),
    DescribeStackEvents: (stack) => ({
      StackEvents: [
        {
          ...summarize(stack),
          EventId: stack.id.slice(stack.id.lastIndexOf('/') + 1),
          LogicalResourceId: stack.name,
          PhysicalResourceId: stack.id,
          ResourceType: 'AWS::CloudFormation::Stack',
          ResourceStatus: 'CREATE_COMPLETE',
          Timestamp: new Date(stack.createdAtMs),
        },
      ],
    }),
    ListStackResources: (stack) => ({ StackResourceSummaries: listResources(stack) }),
    DescribeStackResources: (stack) => ({
      StackResources: listResources(stack).map((resource) => ({
        StackName: stack.name,
        StackId: stack.id,
        ...resource,
      })),
    }),
    GetTemplate: (stack) => ({
      TemplateBody: JSON.stringify(stack.template),
      StagesAvailable: ['Original', 'Processed'],
    }),
  };
  return { summarize, describe, operations };
}

function toPairs(values: Readonly<Record<string, string>>, key: string, value: string): Record<string, string>[] {
  return Object.entries(values).map(([name, text]) => ({ [key]: name, [value]: text }));
}
