/**
 * CloudWatch: the templates' alarms and metric filters, and the metrics that these alarms watch. Nothing is sampled: a metric is worked out when it
 * is asked for, from the queues as they are, from the lines in the log groups, and from the failures that were noted. So months of simulation cost
 * nothing, and a queue's metric is known of the present only. Alarms notify nobody: their actions are not simulated.
 */
import type { CloudCore, CloudPart } from '../core.ts';
import { AwsError } from '../errors.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Operation } from '../service.ts';
import type { QueueRegistry } from '../sqs/registry.ts';
import type { Trace } from '../trace.ts';
import { type Alarm, type AlarmState, evaluateAlarm } from './alarm.ts';
import { type Metric, MetricSources, type Statistic } from './metric-sources.ts';

export interface MonitoringPart extends CloudPart {
  /** Takes note of what counts into a metric and leaves no other mark. */
  note(event: Trace): void;
}

export function createMonitoringPart(
  core: CloudCore,
  options: { queues: QueueRegistry; logs: LogStore },
): MonitoringPart {
  const alarms = new Map<string, Alarm>();
  const sources = new MetricSources(options);
  const stateOf = (alarm: Alarm, nowMs: number): AlarmState => {
    const state = evaluateAlarm(alarm, sources, nowMs);
    if (state.value !== alarm.state.value) alarm.state = { ...state, sinceMs: nowMs };
    return { ...state, sinceMs: alarm.state.sinceMs };
  };

  const operations: Readonly<Record<string, Operation>> = {
    DescribeAlarms: (input, { nowMs }) => {
      const {
        AlarmNames: names,
        AlarmNamePrefix: prefix = '',
        StateValue: wanted,
        AlarmTypes: types = ['MetricAlarm'],
      } = input;
      const found = (types.includes('MetricAlarm') ? [...alarms.values()] : [])
        .filter(({ name }) => (names === undefined ? name.startsWith(prefix) : names.includes(name)))
        .sort((left, right) => (left.name < right.name ? -1 : 1))
        .map((alarm) => ({ alarm, state: stateOf(alarm, nowMs) }))
        .filter(({ state }) => wanted === undefined || state.value === wanted);
      const from = Number(input.NextToken ?? 0);
      const to = from + Number(input.MaxRecords ?? 50);
      return {
        MetricAlarms: found.slice(from, to).map(({ alarm, state }) => describeAlarm(core, alarm, state)),
        CompositeAlarms: [],
        ...(to < found.length && { NextToken: String(to) }),
      };
    },
    GetMetricData: (input, { nowMs }) => {
      const [startMs, endMs] = [input.StartTime, input.EndTime].map(readTime);
      if (startMs === undefined || endMs === undefined || startMs >= endMs) {
        throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
      }
      return {
        MetricDataResults: (input.MetricDataQueries ?? []).map((query: DataQuery) =>
          read(query, startMs, endMs, nowMs),
        ),
        Messages: [],
      };
    },
    ListMetrics: (input) => {
      const metrics = [
        ...new Map([...alarms.values()].map((alarm) => [JSON.stringify(alarm.metric), alarm.metric])).values(),
      ];
      return {
        Metrics: metrics
          .filter(
            ({ namespace, name }) =>
              (input.Namespace ?? namespace) === namespace && (input.MetricName ?? name) === name,
          )
          .map(({ namespace, name, dimensions }) => ({
            Namespace: namespace,
            MetricName: name,
            Dimensions: toPairs(dimensions),
          })),
      };
    },
  };

  const read = (query: DataQuery, startMs: number, endMs: number, nowMs: number) => {
    const { Id, Label, MetricStat: stat } = query;
    if (stat === undefined)
      throw new AwsError('ValidationError', 'metric math and SQL are not simulated; give MetricStat');
    const metric = {
      namespace: stat.Metric.Namespace,
      name: stat.Metric.MetricName,
      dimensions: fromPairs(stat.Metric.Dimensions),
    };
    const points = sources.read(
      metric,
      stat.Stat as Statistic,
      { startMs, endMs, periodMs: Number(stat.Period) * 1000 },
      nowMs,
    );
    return {
      Id,
      Label: Label ?? metric.name,
      // Newest first, as CloudWatch gives them.
      Timestamps: points.map(({ atMs }) => new Date(atMs)).reverse(),
      Values: points.map(({ value }) => value).reverse(),
      StatusCode: 'Complete',
    };
  };

  return {
    note: (event) => sources.note(event),
    services: [
      {
        id: 'monitoring',
        protocol: 'awsJson1.0',
        targetPrefix: 'GraniteServiceVersion20100801',
        xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
        operations,
        // DescribeAlarms by name or prefix is authorized for each alarm, else for all; metrics have no resource.
        authorize: (operation, input) => [
          {
            action: `cloudwatch:${operation}`,
            resources:
              operation === 'DescribeAlarms'
                ? ((input.AlarmNames as string[] | undefined) ?? ['*']).map((name) =>
                    core.arn('cloudwatch', `alarm:${name}`),
                  )
                : ['*'],
          },
        ],
      },
    ],
    resourceTypes: {
      'AWS::CloudWatch::Alarm': {
        create(properties, context) {
          const name = properties.AlarmName ?? context.generatedName();
          const nowMs = core.clock.nowMs();
          alarms.set(name, {
            name,
            description: properties.AlarmDescription,
            metric: {
              namespace: properties.Namespace,
              name: properties.MetricName,
              dimensions: fromPairs(properties.Dimensions),
            },
            statistic: properties.Statistic ?? 'Average',
            periodMs: Number(properties.Period) * 1000,
            evaluationPeriods: Number(properties.EvaluationPeriods),
            operator: properties.ComparisonOperator,
            threshold: Number(properties.Threshold),
            treatMissingData: properties.TreatMissingData ?? 'missing',
            actions: properties.AlarmActions ?? [],
            createdMs: nowMs,
            state: { value: 'INSUFFICIENT_DATA', reason: 'Unchecked: Initial alarm creation', sinceMs: nowMs },
          });
          return { ref: name, attributes: { Arn: core.arn('cloudwatch', `alarm:${name}`) } };
        },
        delete: (name) => void alarms.delete(name),
      },
      'AWS::Logs::MetricFilter': {
        create(properties, context) {
          for (const { MetricNamespace, MetricName, MetricValue } of properties.MetricTransformations ?? []) {
            const metric = { namespace: MetricNamespace, name: MetricName };
            sources.addLogFilter({
              ...metric,
              group: properties.LogGroupName,
              pattern: properties.FilterPattern,
              value: Number(MetricValue),
            });
          }
          return { ref: context.generatedName(), attributes: { Id: context.logicalId } };
        },
      },
    },
  };
}

interface Pair {
  readonly Name: string;
  readonly Value: string;
}

interface DataQuery {
  readonly Id: string;
  readonly Label?: string;
  readonly MetricStat?: {
    readonly Metric: { readonly Namespace: string; readonly MetricName: string; readonly Dimensions?: readonly Pair[] };
    readonly Period: number | string;
    readonly Stat: string;
  };
}

function describeAlarm(core: CloudCore, alarm: Alarm, state: AlarmState): Record<string, unknown> {
  return {
    AlarmName: alarm.name,
    AlarmArn: core.arn('cloudwatch', `alarm:${alarm.name}`),
    AlarmDescription: alarm.description,
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.createdMs),
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: alarm.actions,
    InsufficientDataActions: [],
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: new Date(state.sinceMs),
    MetricName: alarm.metric.name,
    Namespace: alarm.metric.namespace,
    Statistic: alarm.statistic,
    Dimensions: toPairs(alarm.metric.dimensions),
    Period: alarm.periodMs / 1000,
    EvaluationPeriods: alarm.evaluationPeriods,
    Threshold: alarm.threshold,
    ComparisonOperator: alarm.operator,
    TreatMissingData: alarm.treatMissingData,
  };
}

function toPairs(dimensions: Metric['dimensions']): Pair[] {
  return Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function fromPairs(pairs: readonly Pair[] | undefined): Record<string, string> {
  return Object.fromEntries((pairs ?? []).map(({ Name, Value }) => [Name, Value]));
}

/** JSON sends seconds, forms and CBOR send ISO text or a date. */
function readTime(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number') return value * 1000;
  const parsed = Date.parse(String(value));
  return Number.isNaN(parsed) ? undefined : parsed;
}
