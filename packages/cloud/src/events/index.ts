/**
 * EventBridge: buses with policies, rules with patterns and targets, PutEvents, and the default bus for the services' own events.
 */

import type { CloudCore, CloudPart } from '../core.ts';
import { DeployError } from '../errors.ts';
import type { Demand, PolicyStatement } from '../service.ts';
import { type AnswerHttp, type AnswerOutside, ApiDestinations } from './api-destination.ts';
import { Buses, type DeliveryPlan, type Rule, type Target } from './bus.ts';
import { compilePattern } from './pattern.ts';
import { createEvent, demandsOfPutEvents, type PutEventsEntry, putEvents } from './put-events.ts';

export interface EventsPart extends CloudPart {
  emitServiceEvent(event: { source: string; detailType: string; detail: unknown; resources?: readonly string[] }): void;
  /** Makes deliveries late, repeated or lost. `undefined` ends it. */
  setDeliveries(plan: DeliveryPlan | undefined): void;
  /** Puts a connection in, as an operator makes one; `parameters` as CreateConnection's `AuthParameters`. */
  addConnection(arn: string, parameters: Readonly<Record<string, unknown>>): void;
  /** Who answers at addresses outside of this world, for API destinations. */
  setOutside(answer: AnswerOutside): void;
}

/** @param answerHttp answers for the HTTP APIs of this world */
export function createEventsPart(core: CloudCore, answerHttp: AnswerHttp): EventsPart {
  const buses = new Buses(core);
  const destinations = new ApiDestinations(core, answerHttp);

  const authorize = (operation: string, input: Record<string, unknown>): readonly Demand[] =>
    operation === 'PutEvents'
      ? demandsOfPutEvents(core, input.Entries as PutEventsEntry[] | undefined)
      : operation === 'InvokeApiDestination'
        ? [{ action: 'events:InvokeApiDestination', resources: [String(input.Arn)] }]
        : [{ action: `events:${operation}`, resources: ['*'] }];

  return {
    addConnection: (arn, parameters) => destinations.addConnection(arn, parameters),
    setOutside(answer) {
      destinations.answerOutside = answer;
    },
    setDeliveries(plan) {
      buses.planDeliveries = plan;
    },
    emitServiceEvent({ source, detailType, detail, resources = [] }) {
      const bus = buses.find('default');
      if (bus !== undefined) {
        buses.put(bus, createEvent(core, { source, detailType, detail, resources, timeMs: core.clock.nowMs() }));
      }
    },
    services: [
      {
        id: 'events',
        protocol: 'awsJson1.1',
        targetPrefix: 'AWSEvents',
        operations: {
          PutEvents: (input, call) => putEvents(core, buses, input.Entries, call),
          ListEventBuses: (input) => ({
            EventBuses: buses
              .all()
              .filter(({ name }) => name.startsWith(input.NamePrefix ?? ''))
              .map(({ name, arn }) => ({ Name: name, Arn: arn })),
          }),
          // No API of AWS's, but the permission that a rule's role needs.
          InvokeApiDestination: async (input) => {
            await destinations.invoke(input.Arn, input.Body);
            return {};
          },
          ListRules: (input) => ({
            Rules: [...(buses.find(input.EventBusName)?.rules.values() ?? [])].map((rule) => ({
              Name: rule.name,
              Arn: rule.arn,
              State: 'ENABLED',
              EventBusName: input.EventBusName ?? 'default',
            })),
          }),
        },
        authorize,
        resourcePolicy: (arn) => buses.policyOf(arn),
      },
    ],
    resourceTypes: {
      ...destinations.resourceTypes,
      'AWS::Events::EventBus': {
        create(properties) {
          const bus = buses.create(properties.Name);
          return { ref: bus.name, attributes: { Arn: bus.arn, Name: bus.name } };
        },
      },
      'AWS::Events::EventBusPolicy': {
        create(properties, context) {
          const bus = buses.find(properties.EventBusName);
          if (bus === undefined) {
            throw new DeployError(`${context.logicalId}: there is no bus ${properties.EventBusName}`);
          }
          bus.statements.set(properties.StatementId, statementOf(properties, bus.arn));
          return { ref: `${bus.name}|${properties.StatementId}`, attributes: {} };
        },
      },
      'AWS::Events::Rule': {
        create(properties, context) {
          const bus = buses.find(properties.EventBusName);
          if (bus === undefined) {
            throw new DeployError(`${context.logicalId}: there is no bus ${properties.EventBusName}`);
          }
          if (properties.ScheduleExpression !== undefined) {
            throw new DeployError(`${context.logicalId}: rules on a schedule are not simulated`);
          }
          const name = properties.Name ?? context.generatedName();
          const targets: readonly Target[] = properties.Targets ?? [];
          checkTargets(targets, context.logicalId);
          const path = bus.name === 'default' ? name : `${bus.name}/${name}`;
          const rule: Rule = {
            name,
            arn: core.arn('events', `rule/${path}`),
            matches: compilePattern(properties.EventPattern),
            targets,
          };
          if (properties.State !== 'DISABLED') {
            bus.rules.set(name, rule);
          }
          return { ref: path, attributes: { Arn: rule.arn } };
        },
      },
    },
  };
}

const knownTargetKeys = [
  'Id',
  'Arn',
  'RoleArn',
  'Input',
  'InputPath',
  'InputTransformer',
  'DeadLetterConfig',
  'RetryPolicy',
];

function checkTargets(targets: readonly Target[], logicalId: string): void {
  for (const target of targets) {
    const service = target.Arn.split(':')[2] ?? '';
    if (service !== 'lambda' && service !== 'sqs' && !target.Arn.includes(':api-destination/')) {
      throw new DeployError(`${logicalId}: targets of ${service} (${target.Arn}) are not simulated`);
    }
    for (const key of Object.keys(target)) {
      if (!knownTargetKeys.includes(key)) {
        throw new DeployError(`${logicalId}: the target property ${key} is not simulated`);
      }
    }
  }
}

function statementOf(properties: Record<string, unknown>, busArn: string): PolicyStatement {
  if (properties.Statement !== undefined) {
    return properties.Statement as PolicyStatement;
  }
  const principal = properties.Principal as string;
  return {
    Effect: 'Allow',
    Action: properties.Action as string,
    Resource: busArn,
    Principal: principal === '*' ? '*' : { AWS: principal },
  };
}
