/** An alarm on every queue where messages rest: whatever lies there waits for a person. Within the ten free alarms. */
import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Alarms while any of `queues` is not empty. */
export function alarmOnRestingMessages(scope: Construct, queues: Record<string, Queue>): void {
  for (const [id, queue] of Object.entries(queues)) {
    new Alarm(scope, id, {
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
