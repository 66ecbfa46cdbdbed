/** The deployment's alarms that ring. */
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { Deployment } from '../deployment/open-deployment.ts';
import type { Status } from '../model/index.ts';
import { isoTimeOrNull } from '../times.ts';

/** @returns null where these credentials may not ask, or CloudWatch does not answer: a status is worth having without */
export async function readAlarms({ clients, description: { alarmPrefix } }: Deployment): Promise<Status['alarms']> {
  try {
    const cloudWatch = await clients.cloudWatch();
    const { MetricAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: alarmPrefix, StateValue: 'ALARM', MaxRecords: 100 }),
    );
    return MetricAlarms.map(({ AlarmName = '', StateUpdatedTimestamp, StateReason = '' }) => ({
      name: AlarmName.slice(alarmPrefix.length),
      since: isoTimeOrNull(StateUpdatedTimestamp?.getTime()),
      reason: StateReason,
    }));
  } catch {
    return null;
  }
}
