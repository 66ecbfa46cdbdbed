/** The services as functions, and the two queues that feed them. */
import { Duration } from 'aws-cdk-lib';
import type { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import type { Bundles } from './bundles.ts';
import type { HourglassConfig } from './config.ts';
import { directFunctionSeconds } from './direct-limits.ts';
import { type Names, type PerService, type ServiceName, serviceNames } from './names.ts';
import type { Queues } from './queues.ts';
import { ServiceFunction, type ServiceFunctionProps } from './service-function.ts';

/** What the functions are made of, service by service. */
export interface FunctionsProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly config: HourglassConfig;
  readonly queues: Queues;
  readonly bundles: Bundles['services'];
  /** Of the services that are there. */
  readonly environments: PerService<Record<string, string>>;
  readonly permissions: PerService<PolicyStatement[]>;
  /** Where the fetcher stands, if there is one. */
  readonly fetcherVpc?: ServiceFunctionProps['vpc'] | undefined;
}

/** Called by rules and schedules, which do not wait for an answer. The others answer API Gateway or a queue. */
const calledAsynchronously: readonly ServiceName[] = [
  'provisioner',
  'runner',
  'teardown',
  'replay',
  'notifier',
  'fetcher',
  'pusher',
];

/** Which carry packs, as long as a function may run. */
const carrying: readonly ServiceName[] = ['fetcher', 'pusher'];

/** All functions of a deployment. */
export class Functions extends Construct {
  readonly byName: PerService<LambdaFunction>;
  readonly roles: PerService<Role>;
  readonly logs: PerService<LogGroup>;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    const { names, arns, config, queues, bundles, environments, permissions } = props;
    const functions = serviceNames.flatMap((service) => {
      const environment = environments[service];
      if (environment === undefined) return [];
      const made = new ServiceFunction(this, service[0]?.toUpperCase() + service.slice(1), {
        service,
        names,
        arns,
        code: bundles[service],
        environment,
        permissions: permissions[service] ?? [],
        logRetentionDays: config.logRetentionDays,
        comesBack: service === 'replay',
        ...(carrying.includes(service) && { timeoutSeconds: directFunctionSeconds }),
        ...(service === 'fetcher' && props.fetcherVpc && { vpc: props.fetcherVpc }),
        ...(calledAsynchronously.includes(service) && { unhandled: queues.unhandled }),
      });
      return [[service, made] as const];
    });
    this.byName = Object.fromEntries(
      functions.map(([service, made]) => [service, made.function]),
    ) as typeof this.byName;
    this.roles = Object.fromEntries(functions.map(([service, made]) => [service, made.role])) as typeof this.roles;
    this.logs = Object.fromEntries(functions.map(([service, made]) => [service, made.logGroup])) as typeof this.logs;
    // Two at once is the least that can be asked for, and keeps a burst of requests from fighting over the lease. Reserved
    // concurrency would do the same, but new accounts have none to reserve.
    const common = { maxConcurrency: 2, reportBatchItemFailures: true };
    new EventSourceMapping(this, 'IntakeSource', {
      target: this.byName.intake,
      eventSourceArn: queues.intake.queueArn,
      // What intake takes into one write of the lease: one request more would cost a second one.
      batchSize: 24,
      maxBatchingWindow: Duration.seconds(1),
      ...common,
    });
    new EventSourceMapping(this, 'ReplaySource', {
      target: this.byName.replay,
      eventSourceArn: queues.replay.queueArn,
      batchSize: 10,
      ...common,
    });
  }
}
