/**
 * Buses, their rules, and the delivery of events to targets: at least once, with retries, then to the target's dead-letter queue.
 * A target that may not be called, or is not there, is not retried.
 * Source: EventBridge user guide, "Event retry policy and using dead-letter queues".
 */

import type { CloudCore } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { PolicyDocument, PolicyStatement, Principal } from '../service.ts';
import { buildInput, type TargetInput } from './input.ts';
import type { EventMatcher } from './pattern.ts';

/** An event as targets see it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface Target extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  /** Whom EventBridge becomes to call an API destination. */
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn?: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targets: readonly Target[];
}

export interface Bus {
  readonly name: string;
  readonly arn: string;
  readonly rules: Map<string, Rule>;
  readonly statements: Map<string, PolicyStatement>;
}

/** About what EventBridge takes from PutEvents to the target. */
const deliveryMs = 100;
const firstRetryMs = 1000;
const longestRetryMs = 600_000;

export class Buses {
  readonly #core: CloudCore;
  readonly #buses = new Map<string, Bus>();
  /** How much later than usual an event reaches a target, each entry a delivery; none: never. Undefined for the usual one. */
  planDeliveries: DeliveryPlan | undefined;

  constructor(core: CloudCore) {
    this.#core = core;
    this.create('default');
  }

  create(name: string): Bus {
    const bus = { name, arn: this.#core.arn('events', `event-bus/${name}`), rules: new Map(), statements: new Map() };
    this.#buses.set(name, bus);
    return bus;
  }

  /** By name or ARN. */
  all(): Bus[] {
    return [...this.#buses.values()];
  }

  find(nameOrArn: string | undefined): Bus | undefined {
    return this.#buses.get((nameOrArn ?? 'default').replace(/^arn:.*event-bus\//, ''));
  }

  policyOf(arn: string): PolicyDocument | undefined {
    const statements = this.find(arn)?.statements;
    return statements === undefined || statements.size === 0 ? undefined : { Statement: [...statements.values()] };
  }

  /** Takes an event in and sends it to the targets of every rule that matches. */
  put(bus: Bus, event: BusEvent): void {
    const { clock } = this.#core;
    const matched = [...bus.rules.values()].filter((rule) => rule.matches(event));
    this.#core.trace({
      kind: 'event',
      atMs: clock.nowMs(),
      bus: bus.name,
      id: event.id,
      source: event.source,
      detailType: event['detail-type'],
      detail: event.detail,
      matchedRules: matched.map((rule) => rule.name),
    });
    if (matched.length === 0) {
      return;
    }
    const text = JSON.stringify(event);
    for (const rule of matched) {
      for (const target of rule.targets) {
        const delivery = { rule, target, input: buildInput(target, event, text), startedMs: clock.nowMs() };
        const delays = this.planDeliveries?.({ rule: rule.name, target: target.Arn, event }) ?? [0];
        for (const delayMs of delays) this.#deliverAt(clock.nowMs() + deliveryMs + delayMs, delivery, 0);
        if (delays.length === 0) this.#giveUp(delivery);
      }
    }
  }

  /** An event that was never delivered within its target's retries. */
  #giveUp(delivery: Delivery): void {
    const { MaximumEventAgeInSeconds = 86_400 } = delivery.target.RetryPolicy ?? {};
    const atMs = delivery.startedMs + MaximumEventAgeInSeconds * 1_000;
    const error = new AwsError('SDK_CLIENT_ERROR', 'The target did not answer.', { httpStatus: 503 });
    this.#core.clock.schedule(atMs, `rule ${delivery.rule.name} gives up`, () =>
      this.#deliveryFailed(delivery, Number.POSITIVE_INFINITY, error),
    );
  }

  #deliverAt(atMs: number, delivery: Delivery, retries: number): void {
    this.#core.clock.schedule(atMs, `rule ${delivery.rule.name}`, () => this.#deliver(delivery, retries));
  }

  async #deliver(delivery: Delivery, retries: number): Promise<void> {
    const { rule, target, input } = delivery;
    try {
      const principal =
        target.RoleArn === undefined
          ? servicePrincipal(rule.arn)
          : this.#core.assumeRole(target.RoleArn, 'events.amazonaws.com', { sourceArn: rule.arn });
      await callTarget(this.#core, target.Arn, input, principal);
    } catch (error) {
      if (!(error instanceof AwsError)) {
        throw error;
      }
      await this.#deliveryFailed(delivery, retries, error);
    }
  }

  async #deliveryFailed(delivery: Delivery, retries: number, error: AwsError): Promise<void> {
    const { rule, target } = delivery;
    const nowMs = this.#core.clock.nowMs();
    const maxRetries = target.RetryPolicy?.MaximumRetryAttempts ?? 185;
    const maxAgeMs = (target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400) * 1000;
    const waitMs = Math.min(firstRetryMs * 2 ** retries, longestRetryMs);
    const retriable = error.httpStatus >= 500 || error.httpStatus === 429;
    if (retriable && retries < maxRetries && nowMs + waitMs - delivery.startedMs <= maxAgeMs) {
      this.#deliverAt(nowMs + waitMs, delivery, retries + 1);
      return;
    }
    this.#core.trace({
      kind: 'delivery-failed',
      atMs: nowMs,
      rule: rule.name,
      target: target.Arn,
      reason: error.message,
    });
    const deadLetterArn = target.DeadLetterConfig?.Arn;
    if (deadLetterArn !== undefined) {
      const attribute = (value: string): object => ({ DataType: 'String', StringValue: value });
      await this.#core
        .call(
          'sqs',
          'SendMessage',
          {
            QueueUrl: deadLetterArn.replace(/^.*:/, ''),
            MessageBody: delivery.input,
            MessageAttributes: {
              RULE_ARN: attribute(rule.arn),
              TARGET_ARN: attribute(target.Arn),
              ERROR_CODE: attribute(retriable ? error.code : 'NO_PERMISSIONS'),
              ERROR_MESSAGE: attribute(error.message),
              ...(retriable ? { EXHAUSTED_RETRY_CONDITION: attribute('MaximumRetryAttempts') } : {}),
              RETRY_ATTEMPTS: attribute(String(retries)),
            },
          },
          servicePrincipal(rule.arn),
        )
        .catch((lost: unknown) => this.#dropped(rule, deadLetterArn, lost));
    }
  }

  /** A dead-letter queue that refuses loses the event, as in AWS; the trace says so. */
  #dropped(rule: Rule, target: string, error: unknown): void {
    if (!(error instanceof AwsError)) {
      throw error;
    }
    const atMs = this.#core.clock.nowMs();
    this.#core.trace({ kind: 'delivery-failed', atMs, rule: rule.name, target, reason: error.message });
  }
}

/** Asked once for each target of an event; delays in milliseconds. */
export type DeliveryPlan = (delivery: {
  readonly rule: string;
  readonly target: string;
  readonly event: BusEvent;
}) => readonly number[] | undefined;

interface Delivery {
  readonly rule: Rule;
  readonly target: Target;
  readonly input: string;
  readonly startedMs: number;
}

function servicePrincipal(ruleArn: string): Principal {
  const service = 'events.amazonaws.com';
  return { kind: 'service', arn: service, service, sourceArn: ruleArn };
}

/** Calls what an ARN names: a function asynchronously, a queue with one message, an address outside. Throws AwsError. */
export async function callTarget(core: CloudCore, arn: string, input: string, principal: Principal): Promise<void> {
  const service = arn.split(':')[2];
  if (service === 'lambda') {
    await core.call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload: input }, principal);
  } else if (service === 'sqs') {
    await core.call('sqs', 'SendMessage', { QueueUrl: arn.replace(/^.*:/, ''), MessageBody: input }, principal);
  } else if (service === 'events' && arn.includes(':api-destination/')) {
    await core.call('events', 'InvokeApiDestination', { Arn: arn, Body: input }, principal);
  } else {
    throw new Error(`the simulated AWS delivers no events to ${arn}`);
  }
}
