/**
 * A dashboard of the deployment, where the configuration wants one: what was paid, how long requests waited, what became of them, by which doors they
 * came, and how old messages are. Without the deployment's own metrics it has what AWS measures free.
 */
import { Duration } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  type MetricProps,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Names, ServiceName } from './names.ts';
import type { Queues } from './queues.ts';

export interface DashboardProps {
  readonly names: Names;
  readonly queues: Queues;
  /** Those that there are. */
  readonly services: readonly ServiceName[];
  /** Whether the services write metrics of their own. */
  readonly hasMetrics: boolean;
}

const DOORS = ['bus', 'webhook', 'hook', 'schedule', 'operator', 'replay'];
const [WIDTH, HEIGHT] = [12, 6];

export class OwnDashboard extends Construct {
  constructor(scope: Construct, id: string, { names, queues, services, hasMetrics }: DashboardProps) {
    super(scope, id);
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: WIDTH, height: HEIGHT });
    const widgets = [
      graph(
        'Messages that rest',
        Object.values(queues.resting).map((queue) =>
          queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
        ),
      ),
      graph(
        'Age of the oldest message (s)',
        [queues.intake, queues.replay].map((queue) =>
          queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
        ),
      ),
      graph(
        'Errors of the services',
        services.map((service) => ofFunction('Errors', names.function(service), 'Sum')),
      ),
      graph(
        'Duration of the services (ms, p95)',
        services.map((service) => ofFunction('Duration', names.function(service), 'p95')),
      ),
    ];
    const all = hasMetrics ? [...ownWidgets(names, graph), ...widgets] : widgets;
    new Dashboard(this, 'Dashboard', {
      dashboardName: names.stack,
      defaultInterval: Duration.days(7),
      widgets: pairs(all),
    });
  }
}

/** Of the metrics that `shared/src/metrics.ts` writes. */
function ownWidgets(names: Names, graph: (title: string, left: IMetric[]) => GraphWidget) {
  const own = (metricName: string, statistic: string, more: Partial<MetricProps> = {}) =>
    new Metric({
      namespace: names.metrics,
      metricName,
      statistic,
      period: Duration.hours(1),
      dimensionsMap: { service: 'hourglass' },
      label: metricName,
      ...more,
    });
  const byDoor = (door: string) =>
    own('Deliveries', 'Sum', { dimensionsMap: { service: 'hourglass', door }, label: door });
  const usedMinutes = new MathExpression({
    label: 'used minutes of a paid hour',
    expression: 'used / hours',
    usingMetrics: { used: own('TaskMinutes', 'Sum', day), hours: own('PaidHours', 'Sum', day) },
    period: Duration.days(1),
  });
  return [
    new SingleValueWidget({
      title: 'Paid endpoint-hours',
      metrics: [own('PaidEndpointHours', 'Sum', day)],
      setPeriodToTimeRange: true,
      width: WIDTH,
      height: HEIGHT,
    }),
    graph('Paid endpoint-hours a day, and minutes that tasks used of each paid hour', [
      own('PaidEndpointHours', 'Sum', day),
      usedMinutes,
    ]),
    graph('From request to start and to mirrored (s)', [
      own('RequestToStart', 'p50', { label: 'to start, usual' }),
      own('RequestToStart', 'p95', { label: 'to start, one in twenty' }),
      own('RequestToMirrored', 'p50', { label: 'to mirrored, usual' }),
      own('RequestToMirrored', 'p95', { label: 'to mirrored, one in twenty' }),
    ]),
    graph(
      'Outcomes',
      ['TasksSucceeded', 'AttemptsFailed', 'TasksFailed', 'OpeningsFailed'].map((name) => own(name, 'Sum')),
    ),
    graph('Deliveries by door', DOORS.map(byDoor)),
  ];
}

const day = { period: Duration.days(1) };

function ofFunction(metricName: string, FunctionName: string, statistic: string): Metric {
  const dimensionsMap = { FunctionName };
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap,
    statistic,
    period: Duration.minutes(5),
    label: FunctionName,
  });
}

function pairs<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, row) => items.slice(2 * row, 2 * row + 2));
}
