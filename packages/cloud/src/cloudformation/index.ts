/** CloudFormation at run time: stacks that services create and delete, slowly, and their events. */

import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import { type Demand, type Operation, requestTags } from '../service.ts';
import { type AdoptedStack, createAdoptedOperations } from './adopted.ts';
import { type CreateStackInput, readCreateStack, validationError } from './read-request.ts';
import type { FailingHook } from './resources.ts';
import { isLiving, type Stack, type StackResource, type StackTag } from './stack.ts';
import { Stacks, type StackTimings } from './stacks.ts';

export type { AdoptedStack } from './adopted.ts';
export type { Stack, StackStatus } from './stack.ts';
export type { StackTimings } from './stacks.ts';

export interface CloudFormationPart extends CloudPart {
  /** How long the next operations take; may be changed while the world runs. */
  readonly timings: StackTimings;
  /** The next creation fails at its end, as if a resource could not be made. */
  failNextCreate(reason: string): void;
  /** A hook of the organisation refuses the first resource of every creation, or none any more. */
  failCreatesByHook(hook: FailingHook | undefined): void;
  /** The next deletion ends in DELETE_FAILED and leaves the resources. */
  failNextDelete(reason: string): void;
  /** All stacks there ever were, oldest first, without what was deployed. */
  stacks(): readonly Stack[];
  /** Takes in what `Cloud.deploy` has made, to be looked at like any other stack. */
  adopt(deployed: AdoptedStack): void;
}

/** Measured on real stacks of a few interface endpoints: about 150 s up and 120 s down. */
const DEFAULT_TIMINGS: StackTimings = { createMs: 150_000, deleteMs: 120_000 };

export function createCloudFormationPart(
  core: CloudCore,
  options: { timings?: Partial<StackTimings> } = {},
): CloudFormationPart {
  const stacks = new Stacks(core, { ...DEFAULT_TIMINGS, ...options.timings });
  const adopted = new Map<string, AdoptedStack>();
  const findAdopted = (nameOrId: unknown) =>
    adopted.get(String(nameOrId)) ?? [...adopted.values()].find(({ id }) => id === nameOrId);
  const onAdopted = createAdoptedOperations();
  const own: Readonly<Record<string, Operation>> = {
    CreateStack: (input: CreateStackInput, call) => {
      const living = stacks.find(String(input.StackName));
      if (living !== undefined) {
        // The token marks a repeated request for the same stack, while that stack lives.
        const repeated = input.ClientRequestToken !== undefined && input.ClientRequestToken === living.createToken;
        if (repeated) return { StackId: living.id };
        throw new AwsError('AlreadyExistsException', `Stack [${living.name}] already exists`);
      }
      const stack = readCreateStack(core, input, call);
      // A role that CloudFormation may not assume is refused at once.
      if (stack.roleArn !== undefined) assumeAsCloudFormation(core, stack.roleArn);
      stacks.create(stack);
      return { StackId: stack.id };
    },

    DeleteStack: (input: { StackName?: string; RoleARN?: string; ClientRequestToken?: string }, call) => {
      const stack = stacks.find(String(input.StackName));
      if (stack !== undefined) {
        if (stack.isProtected && isLiving(stack)) {
          throw validationError(`Stack [${input.StackName}] cannot be deleted while TerminationProtection is enabled`);
        }
        if (input.RoleARN !== undefined) stack.roleArn = input.RoleARN;
        stack.caller = call.principal;
        stacks.delete(stack, { token: input.ClientRequestToken });
      }
      return {};
    },

    UpdateTerminationProtection: (input: { StackName?: string; EnableTerminationProtection?: string | boolean }) => {
      const stack = findOrRefuse(stacks, String(input.StackName));
      if (/^DELETE_(IN_PROGRESS|COMPLETE)$/.test(stack.status)) {
        throw validationError(
          `Stack: [${stack.id}] is in ${stack.status} state and can not update its termination protection.`,
        );
      }
      stack.isProtected = String(input.EnableTerminationProtection) === 'true';
      return { StackId: stack.id };
    },

    DescribeStacks: (input: { StackName?: string }) => {
      if (input.StackName === undefined) {
        const deployed = [...adopted.values()].map((stack) => onAdopted.describe(stack));
        return { Stacks: [...stacks.all().filter(isLiving).reverse().map(describe), ...deployed] };
      }
      return { Stacks: [describe(findOrRefuse(stacks, input.StackName))] };
    },

    DescribeStackEvents: (input: { StackName?: string }) => {
      const stack = findOrRefuse(stacks, String(input.StackName));
      return { StackEvents: [...stack.events].reverse().map((event) => describeEvent(stack, event)) };
    },

    ListStacks: (input: { StackStatusFilter?: readonly string[] }) => {
      const isWanted = (status: string) => input.StackStatusFilter?.includes(status) ?? true;
      const wanted = stacks.all().filter(({ status }) => isWanted(status));
      const deployed = isWanted('CREATE_COMPLETE') ? [...adopted.values()].map(onAdopted.summarize) : [];
      return { StackSummaries: [...wanted.reverse().map(summarize), ...deployed] };
    },

    ListStackResources: (input: { StackName?: string }) => {
      const { resources } = findOrRefuse(stacks, String(input.StackName));
      return { StackResourceSummaries: [...resources.values()].map(summarizeResource) };
    },

    DescribeStackResources: (input: { StackName?: string }) => {
      const stack = findOrRefuse(stacks, String(input.StackName));
      const named = { StackName: stack.name, StackId: stack.id };
      return { StackResources: [...stack.resources.values()].map((one) => ({ ...named, ...summarizeResource(one) })) };
    },

    GetTemplate: (input: { StackName?: string }) => ({
      TemplateBody: JSON.stringify(findOrRefuse(stacks, String(input.StackName)).template),
      StagesAvailable: ['Original', 'Processed'],
    }),
  };
  const operations = Object.fromEntries(
    Object.entries(own).map(([name, run]): [string, Operation] => [
      name,
      (input, call) => {
        const stack = findAdopted(input.StackName);
        const other = stack === undefined ? undefined : onAdopted.operations[name];
        return stack === undefined || other === undefined ? run(input, call) : other(stack, input);
      },
    ]),
  );

  return {
    services: [
      {
        id: 'cloudformation',
        protocol: 'awsQuery',
        xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
        operations,
        authorize: (operation, input) => listDemands(core, stacks, operation, input, findAdopted(input.StackName)?.id),
      },
    ],
    timings: stacks.timings,
    failNextCreate(reason) {
      stacks.planned.create = reason;
    },
    failCreatesByHook(hook) {
      stacks.planned.hook = hook;
    },
    failNextDelete(reason) {
      stacks.planned.delete = reason;
    },
    stacks: () => stacks.all(),
    adopt: (stack) => void adopted.set(stack.name, stack),
  };
}

function listDemands(
  core: CloudCore,
  stacks: Stacks,
  operation: string,
  input: Record<string, unknown>,
  adoptedId: string | undefined,
): Demand[] {
  const action = `cloudformation:${operation}`;
  if (operation === 'ListStacks') return [{ action, resources: ['*'] }];
  const named = String(input.StackName ?? '*');
  const found = operation === 'CreateStack' ? undefined : stacks.find(named);
  const resource = named.startsWith('arn:')
    ? named
    : (adoptedId ?? found?.id ?? core.arn('cloudformation', `stack/${named}/*`));
  const roleArn = typeof input.RoleARN === 'string' ? input.RoleARN : undefined;
  const tags = Array.isArray(input.Tags) ? (input.Tags as StackTag[]) : [];
  const ofTags = requestTags(tags.map(({ Key, Value }) => [Key, Value]));
  const demand: Demand = {
    action,
    resources: [resource],
    conditions: { ...ofTags, ...(roleArn !== undefined && { 'cloudformation:RoleArn': roleArn }) },
  };
  const demands = roleArn === undefined ? [demand] : [demand, core.passRole(roleArn, 'cloudformation.amazonaws.com')];
  if (operation !== 'CreateStack' || tags.length === 0) return demands;
  // A creation with tags is authorized for tagging too (Service Authorization Reference, "AWS CloudFormation").
  const conditions = { ...ofTags, 'cloudformation:CreateAction': 'CreateStack' };
  return [...demands, { action: 'cloudformation:TagResource', resources: [resource], conditions }];
}

function assumeAsCloudFormation(core: CloudCore, roleArn: string): void {
  try {
    core.assumeRole(roleArn, 'cloudformation.amazonaws.com');
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw validationError(`Role ${roleArn} is invalid or cannot be assumed`);
  }
}

function findOrRefuse(stacks: Stacks, nameOrId: string): Stack {
  const stack = stacks.find(nameOrId);
  if (stack === undefined) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return stack;
}

function describe(stack: Stack): Record<string, unknown> {
  return {
    ...summarize(stack),
    Parameters: Object.entries(stack.parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Outputs: Object.entries(stack.outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
    Tags: stack.tags,
    RoleARN: stack.roleArn,
    EnableTerminationProtection: stack.isProtected,
    TimeoutInMinutes: stack.timeoutMs === undefined ? undefined : stack.timeoutMs / 60_000,
    DisableRollback: stack.onFailure === 'DO_NOTHING',
    NotificationARNs: [],
  };
}

function summarize(stack: Stack): Record<string, unknown> {
  return {
    StackId: stack.id,
    StackName: stack.name,
    CreationTime: new Date(stack.createdAtMs),
    DeletionTime: stack.deletedAtMs === undefined ? undefined : new Date(stack.deletedAtMs),
    StackStatus: stack.status,
    StackStatusReason: stack.statusReason,
  };
}

function summarizeResource({ logicalId, physicalId, type }: StackResource): Record<string, unknown> {
  return {
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    ResourceStatus: 'CREATE_COMPLETE',
  };
}

function describeEvent(stack: Stack, event: Stack['events'][number]): Record<string, unknown> {
  return {
    StackId: stack.id,
    StackName: stack.name,
    EventId: event.id,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.atMs),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ClientRequestToken: event.token,
    HookType: event.hook?.type,
    HookStatus: event.hook?.status,
    HookStatusReason: event.hook?.reason,
    HookFailureMode: event.hook && 'FAIL',
  };
}
