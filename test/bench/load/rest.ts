/** Whether the deployment has come to rest, and what rests in its queues. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Cloud } from '@hourglass/cloud';
import { LEASE_ID, TABLE } from '../../simulation/names.ts';

export interface Rest {
  /** Nothing is pending, running, dead or on its way, and there are no endpoints. */
  isClosed: boolean;
  /** Messages by queue, of the queues that hold any. */
  messages: Record<string, number>;
}

export async function readRest(cloud: Cloud): Promise<Rest> {
  const answer = (await cloud.parts.dynamodb.ask('GetItem', {
    TableName: TABLE,
    Key: { pk: { S: `lease#${LEASE_ID}` }, sk: { S: 'lease' } },
    ConsistentRead: true,
  })) as { Item?: Record<string, AttributeValue> };
  const lease = answer.Item && unmarshall(answer.Item).data;
  const held = cloud.queues.all().map((queue) => [queue.name.replace(`${TABLE}-`, ''), queue.peek().length] as const);
  const messages = Object.fromEntries(held.filter(([, count]) => count > 0));
  const isIdle = lease?.phase === 'closed' && lease.pending + lease.running + lease.dead === 0;
  return { isClosed: isIdle && !messages.intake && !messages.replay, messages };
}
