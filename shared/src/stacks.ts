/** The endpoints' stack as CloudFormation describes it. */
import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import type { StackObservation } from '@hourglass/lease';
import { isRefusal } from './errors.ts';
import { describeRefusal, quoteAws } from './refusals.ts';
import { FENCE_TAG, LEASE_TAG } from './tags.ts';

/** `reason` is CloudFormation's own word for the status. */
export type SeenStack = { observation: StackObservation; reason: string };

export type DescribeStack = (nameOrId: string) => Promise<SeenStack | 'foreign'>;

/**
 * Looks a stack up by name (living stacks only) or by id (deleted ones too, for 90 days).
 * @returns `foreign` for a stack that is not tagged with this lease: it is never touched.
 */
export function createStackReader(client: CloudFormationClient, leaseId: string): DescribeStack {
  return async (nameOrId) => {
    const stack = await describe(client, nameOrId);
    if (!stack) return { observation: { status: 'absent' }, reason: '' };
    if (tagOf(stack, LEASE_TAG) !== leaseId) return 'foreign';
    const status = stack.StackStatus ?? '';
    const observation = {
      status: observedStatus(status),
      stackId: stack.StackId ?? '',
      fence: Number(tagOf(stack, FENCE_TAG) ?? -1),
      createdAtMs: stack.CreationTime?.getTime() ?? 0,
      deletedAtMs: stack.DeletionTime?.getTime() ?? null,
    };
    return { observation, reason: stack.StackStatusReason ?? status };
  };
}

/** Asks for the deletion of a stack. @returns `refused` with the reason if CloudFormation will for certain not delete it. */
export function createStackDeleter(client: CloudFormationClient): (stackId: string) => Promise<{ refused?: string }> {
  return async (stackId) => {
    try {
      await client.send(new DeleteStackCommand({ StackName: stackId }));
      return {};
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return { refused: describeRefusal(error) };
    }
  };
}

/** Of as many resources as a message has room for. */
const MOST_REASONS = 3;

/**
 * Why the creation of a stack failed: what each resource's event says, the first failure first. A resource that was cancelled because
 * another had failed says nothing. The newest hundred events are enough: a stack has some ten endpoints, with three or four events each.
 * @returns an empty text if no event says
 */
export function createFailureReader(client: CloudFormationClient): (stackId: string) => Promise<string> {
  return async (stackId) => {
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: stackId }));
    const oldestFirst = StackEvents.toReversed();
    const reasons = oldestFirst
      .filter((event) => event.ResourceStatus === 'CREATE_FAILED' && event.PhysicalResourceId !== stackId)
      .filter(({ ResourceStatusReason = '' }) => !/^(Resource creation cancelled)?$/i.test(ResourceStatusReason.trim()))
      .map((event) => `${event.LogicalResourceId}: ${event.ResourceStatusReason}${saidByHooks(event, oldestFirst)}`);
    if (reasons.length > 0) return quoteAws([...new Set(reasons)].slice(0, MOST_REASONS).join(' '));
    // No resource has failed: the stack's own time was up, or somebody stopped it.
    const [own] = oldestFirst.filter(
      (event) => event.PhysicalResourceId === stackId && /FAILED|ROLLBACK|DELETE/.test(event.ResourceStatus ?? ''),
    );
    return quoteAws(own?.ResourceStatusReason ?? '');
  };
}

/** Of a resource that a hook has refused, its own event names the hook only; what the hook says stands in the hook's event. */
function saidByHooks({ LogicalResourceId, ResourceStatusReason = '' }: StackEvent, events: StackEvent[]): string {
  if (!/hook\(s\) failed/i.test(ResourceStatusReason)) return '';
  const said = events.filter(
    (event) => event.LogicalResourceId === LogicalResourceId && event.HookStatus === 'HOOK_COMPLETE_FAILED',
  );
  return said.map(({ HookStatusReason }) => (HookStatusReason ? ` ${HookStatusReason}` : '')).join('');
}

async function describe(client: CloudFormationClient, nameOrId: string): Promise<Stack | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: nameOrId }));
    return Stacks?.[0];
  } catch (error) {
    // CloudFormation has no class for it: a ValidationError whose message says so.
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
}

function tagOf(stack: Stack, key: string): string | undefined {
  return stack.Tags?.find((tag) => tag.Key === key)?.Value;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html */
function observedStatus(status: string): Exclude<StackObservation['status'], 'absent'> {
  if (status === 'DELETE_COMPLETE') return 'deleted';
  // CloudFormation has given up, and does not go on by itself.
  if (status === 'DELETE_FAILED') return 'deleteFailed';
  if (status.startsWith('DELETE_')) return 'deleting';
  if (status === 'CREATE_COMPLETE' || status.startsWith('UPDATE_')) return 'complete';
  if (['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'].includes(status)) return 'failed';
  // A creation that is being rolled back has not ended either.
  return 'creating';
}
