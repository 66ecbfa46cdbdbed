/**
 * Mirrors by the clock: for each repository with a `schedule` an entry of EventBridge Scheduler that asks for its mirror as a client does. The
 * request may wait a day, so that it shares an hour which others pay for; only at the end of its patience it opens one of its own.
 * They are in a group of their own: the other one holds the lease's timer, at most one.
 */
import { createHash } from 'node:crypto';
import type { FetchOrder } from '@hourglass/shared/carrier-store';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { HourglassConfig } from './config.ts';
import { destinationOf, hasDirect, isDirect } from './config-rules.ts';
import type { Names } from './names.ts';
import { trustScheduleGroup } from './permissions-of-others.ts';
import type { Queues } from './queues.ts';
import { allow, putEvents } from './statements.ts';

/** The longest that a request may wait. */
const DAY_SECONDS = 86_400;
const MAX_NAME = 64;
const KEEP_FETCHER = 'keep-fetcher';

interface MirrorSchedulesProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  readonly bus: EventBus;
}

interface Clock {
  readonly expression: string;
  readonly timeZone: string;
}

/** What is called, and with what. */
interface Target {
  readonly arn: string;
  readonly input: string;
  readonly eventBridgeParameters?: { readonly source: string; readonly detailType: string };
}

/** Makes them; nothing at all where no repository has a schedule and none is carried directly. */
export function createMirrorSchedules(parent: Construct, props: MirrorSchedulesProps): void {
  const { names, arns, config, queues, bus } = props;
  const schedules = Object.entries(config.repositorySchedules);
  const direct = schedules.filter(([name]) => isDirect(name, config));
  if (schedules.length === 0 && !hasDirect(config)) return;
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
          ...(direct.length < schedules.length
            ? [putEvents('AskForMirrors', bus.eventBusArn, 'hourglass.client', ['MirrorRequested'])]
            : []),
          ...(hasDirect(config) ? [allow('LookAtSources', ['lambda:InvokeFunction'], [arns.function('fetcher')])] : []),
          allow('KeepUndelivered', ['sqs:SendMessage'], [queues.undelivered.queueArn]),
        ],
      }),
    },
  });
  const add = (id: string, name: string, { expression, timeZone }: Clock, target: Target) => {
    const schedule = new CfnSchedule(scope, id, {
      name,
      groupName: group.scheduleGroupName,
      description: target.eventBridgeParameters ? `Asks for the mirror of ${id}` : `Calls the fetcher for ${id}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        ...target,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 8, maximumEventAgeInSeconds: 3_600 },
        deadLetterConfig: { arn: queues.undelivered.queueArn },
      },
    });
    schedule.node.addDependency(role);
  };
  for (const [repository, { expression, timeZone }] of schedules) {
    const target = isDirect(repository, config) ? lookAt(repository, props) : askFor(repository, props);
    add(repository, nameOf(repository), { expression, timeZone }, target);
  }
  if (hasDirect(config)) {
    // After weeks without a call a function in a VPC is put away, and its first call fails:
    // https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-internet
    const target = { arn: arns.function('fetcher'), input: JSON.stringify({ ping: true } satisfies FetchOrder) };
    add('KeepFetcher', KEEP_FETCHER, { expression: 'rate(1 day)', timeZone: 'UTC' }, target);
  }
}

/** A request like a client's. */
function askFor(repository: string, { config, bus }: MirrorSchedulesProps): Target {
  const detail = {
    version: 1,
    repository,
    sourceUrl: config.repositorySources[repository],
    maxDelaySeconds: config.repositoryDelaySeconds[repository] ?? DAY_SECONDS,
    origin: { door: 'schedule' },
  };
  const eventBridgeParameters = { source: 'hourglass.client', detailType: 'MirrorRequested' };
  return { arn: bus.eventBusArn, eventBridgeParameters, input: JSON.stringify(detail) };
}

/** Looking costs next to nothing where there are no endpoints: only a source that shows something new is asked to be mirrored. */
function lookAt(repository: string, { arns, config }: MirrorSchedulesProps): Target {
  const look = {
    repository,
    sourceUrl: config.repositorySources[repository] ?? '',
    destination: `//${destinationOf(repository, config)}`,
  };
  return { arn: arns.function('fetcher'), input: JSON.stringify({ look } satisfies FetchOrder) };
}

/** A repository may have a longer name than a schedule, or another schedule's. */
function nameOf(repository: string): string {
  if (repository.length <= MAX_NAME && repository !== KEEP_FETCHER) return repository;
  const hash = createHash('sha256').update(repository).digest('hex').slice(0, 8);
  return `${repository.slice(0, MAX_NAME - 9)}-${hash}`;
}
