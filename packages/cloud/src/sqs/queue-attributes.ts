/**
 * What GetQueueAttributes gives, as texts.
 */
import type { Queue } from './queue.ts';
import type { QueueRegistry } from './registry.ts';

export function attributesOf(
  registry: QueueRegistry,
  queue: Queue,
  names: readonly string[],
): { Attributes: Record<string, string> } {
  const counts = queue.counts();
  const { settings } = queue;
  const all: Record<string, string> = {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.available),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    MaximumMessageSize: String(settings.maxMessageBytes),
    MessageRetentionPeriod: String(settings.retentionSeconds),
    DelaySeconds: String(settings.delaySeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitSeconds),
    SqsManagedSseEnabled: 'true',
  };
  if (settings.redrive !== undefined) {
    const { deadLetterQueueArn, maxReceiveCount } = settings.redrive;
    all.RedrivePolicy = JSON.stringify({ deadLetterTargetArn: deadLetterQueueArn, maxReceiveCount });
  }
  const policy = registry.policyOf(queue.arn);
  if (policy !== undefined) {
    all.Policy = JSON.stringify(policy);
  }
  const entries = Object.entries(all).filter(([name]) => names.includes('All') || names.includes(name));
  return { Attributes: Object.fromEntries(entries) };
}
