/**
 * Who hears what. Requests come from the four sources that may ask; internal events only from `hourglass`, so that
 * nobody outside can forge them. Every target retries, then leaves the event in `undelivered`.
 */
import { Duration } from 'aws-cdk-lib';
import { type EventBus, type EventPattern, type IRuleTarget, Match, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SqsQueue as QueueTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Arns } from './arns.ts';
import { wakes } from './direct-store.ts';
import type { Names, PerService, ServiceName } from './names.ts';
import type { Queues } from './queues.ts';

/** What the rules connect. */
export interface RulesProps {
  readonly names: Names;
  readonly arns: Arns;
  readonly bus: EventBus;
  readonly queues: Queues;
  readonly functions: PerService<LambdaFunction>;
  /** Of the direct carrier, where there is one. */
  readonly bucketName?: string | undefined;
}

/** All rules, on the deployment's own bus and on the account's default bus. */
export class Rules extends Construct {
  readonly #props: RulesProps;

  constructor(scope: Construct, id: string, props: RulesProps) {
    super(scope, id);
    this.#props = props;
    this.#hearOwnBus();
    this.#hearCloudFormation();
    this.#hearEcs();
    if (props.bucketName !== undefined) this.#hearDirectCarrier(props.bucketName);
  }

  #hearOwnBus(): void {
    const { names, bus, queues, functions } = this.#props;
    const requests = {
      source: ['hourglass.client', 'hourglass.webhook', 'hourglass.replay', 'hourglass.operator'],
      detailType: ['MirrorRequested', 'TaskRequested'],
    };
    // What an operator asks of the lease itself comes the same way.
    const operations = {
      source: ['hourglass.operator'],
      detailType: ['PauseRequested', 'ResumeRequested', 'CloseRequested'],
    };
    // A request is nowhere else until intake has it, so delivery is tried as long as EventBridge can: 24 hours.
    const toIntake = new QueueTarget(queues.intake, {
      deadLetterQueue: queues.undelivered,
      retryAttempts: 185,
      maxEventAge: Duration.hours(24),
    });
    this.#add('Requests', names.rules.requests, requests, [toIntake], bus);
    this.#add('Operations', names.rules.operations, operations, [toIntake], bus);
    const internal = (...detailType: string[]): EventPattern => ({ source: ['hourglass'], detailType });
    this.#add(
      'EndpointsNeeded',
      names.rules.endpointsNeeded,
      internal('EndpointsNeeded'),
      [this.#call('provisioner')],
      bus,
    );
    this.#add(
      'Work',
      names.rules.work,
      internal('WorkWaiting', 'EndpointsReady', 'LeaseResumed'),
      [this.#call('runner')],
      bus,
    );
    this.#add(
      'EndpointsGone',
      names.rules.endpointsGone,
      internal('EndpointsFailed', 'EndpointsReleased'),
      [this.#call('teardown')],
      bus,
    );
    this.#add('Replay', names.rules.replay, internal('EndpointsReady'), [this.#call('replay')], bus);
    if (functions.notifier === undefined) return;
    this.#add('Outcomes', names.rules.outcomes, internal('TaskSucceeded', 'TaskFailed'), [this.#call('notifier')], bus);
  }

  /** A stack keeps its name over its lives, so the rules match the id by prefix; the lease knows which life it is. */
  #hearCloudFormation(): void {
    const { names, arns } = this.#props;
    const becomes = (...status: string[]): EventPattern => ({
      source: ['aws.cloudformation'],
      detailType: ['CloudFormation Stack Status Change'],
      detail: { 'stack-id': Match.prefix(arns.endpointsStackPrefix), 'status-details': { status } },
    });
    this.#add(
      'StackCreated',
      names.rules.stackCreated,
      becomes('CREATE_COMPLETE', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED'),
      [this.#call('provisioner')],
    );
    // The provisioner too: somebody may delete a stack that is being created.
    this.#add('StackDeleted', names.rules.stackDeleted, becomes('DELETE_COMPLETE', 'DELETE_FAILED'), [
      this.#call('teardown'),
      this.#call('provisioner'),
    ]);
  }

  #hearEcs(): void {
    const { names, arns } = this.#props;
    const stopped: EventPattern = {
      source: ['aws.ecs'],
      detailType: ['ECS Task State Change'],
      detail: { clusterArn: [arns.cluster], lastStatus: ['STOPPED'] },
    };
    this.#add('TaskStopped', names.rules.taskStopped, stopped, [this.#call('runner')]);
  }

  /** What is stored is pushed; and the event of its end is sent by whichever of the two functions wrote it. */
  #hearDirectCarrier(bucketName: string): void {
    const { names, bus } = this.#props;
    const stored = (prefixes: readonly string[]): EventPattern => ({
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [bucketName] }, object: { key: prefixes.flatMap((prefix) => Match.prefix(prefix)) } },
    });
    this.#add('PackStored', names.rules.packStored, stored(wakes.pusher), [this.#call('pusher')]);
    this.#add('FetchEnded', names.rules.fetchEnded, stored(wakes.runner), [this.#call('runner')]);
    const ended = { source: ['hourglass'], detailType: ['AttemptEnded'] };
    this.#add('AttemptEnded', names.rules.attemptEnded, ended, [this.#call('runner')], bus);
  }

  /** Events only speed things up, and the lease's timer does the rest; so they are not worth retrying for a day. */
  #call(service: Exclude<ServiceName, 'webhook'>): IRuleTarget {
    const called = this.#props.functions[service];
    if (called === undefined) throw new Error(`there is no ${service}`);
    return new LambdaTarget(called, {
      deadLetterQueue: this.#props.queues.undelivered,
      retryAttempts: 8,
      maxEventAge: Duration.hours(1),
    });
  }

  #add(id: string, ruleName: string, eventPattern: EventPattern, targets: IRuleTarget[], eventBus?: EventBus): void {
    new Rule(this, id, { ruleName, eventPattern, targets, ...(eventBus !== undefined && { eventBus }) });
  }
}
