/**
 * Mirrors by the clock: for each repository with a `schedule` an entry of EventBridge Scheduler that asks for its mirror as a client does. The
 * request may wait a day, so that it shares an hour which others pay for; only at the end of its patience it opens one of its own.
 * They are in a group of their own: the other one holds the lease's timer, at most one.
 */
import { createHash } from 'node:crypto';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import type { Names } from './names.ts';
import { trustScheduleGroup } from './permissions-of-others.ts';
import type { Queues } from './queues.ts';
import { allow, putEvents } from './statements.ts';

/** The longest that a request may wait. */
const DAY_SECONDS = 86_400;
const MAX_NAME = 64;

interface MirrorSchedulesProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  readonly bus: EventBus;
}

/** Makes them; nothing at all where no repository has a schedule. */
export function createMirrorSchedules(parent: Construct, props: MirrorSchedulesProps): void {
  const { names, arns, config, queues, bus } = props;
  const schedules = Object.entries(config.repositorySchedules);
  if (schedules.length === 0) return;
  const scope = new Construct(parent, 'MirrorSchedules');
  const group = new ScheduleGroup(scope, 'Group', {
    scheduleGroupName: names.mirrorScheduleGroup,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const conditions = trustScheduleGroup(arns.mirrorScheduleGroup);
  const role = new Role(scope, 'Role', {
    description: `What the schedules of ${names.mirrorScheduleGroup} may do`,
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
    inlinePolicies: {
      ask: new PolicyDocument({
        statements: [
          putEvents('AskForMirrors', bus.eventBusArn, 'hourglass.client', ['MirrorRequested']),
          allow('KeepUndelivered', ['sqs:SendMessage'], [queues.undelivered.queueArn]),
        ],
      }),
    },
  });
  for (const [repository, { expression, timeZone }] of schedules) {
    const detail = {
      version: 1,
      repository,
      sourceUrl: config.repositorySources[repository],
      maxDelaySeconds: config.repositoryDelaySeconds[repository] ?? DAY_SECONDS,
      origin: { door: 'schedule' },
    };
    const schedule = new CfnSchedule(scope, repository, {
      name: nameOf(repository),
      groupName: group.scheduleGroupName,
      description: `Asks for the mirror of ${repository}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: bus.eventBusArn,
        roleArn: role.roleArn,
        eventBridgeParameters: { source: 'hourglass.client', detailType: 'MirrorRequested' },
        input: JSON.stringify(detail),
        retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3_600 },
        deadLetterConfig: { arn: queues.undelivered.queueArn },
      },
    });
    schedule.node.addDependency(role);
  }
}

/** A repository may have a longer name than a schedule. */
function nameOf(repository: string): string {
  if (repository.length <= MAX_NAME) return repository;
  const hash = createHash('sha256').update(repository).digest('hex').slice(0, 8);
  return `${repository.slice(0, MAX_NAME - 9)}-${hash}`;
}
