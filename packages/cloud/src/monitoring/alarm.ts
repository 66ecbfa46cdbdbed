/** One alarm, and which state its metric puts it in. Source: CloudWatch user guide, "Evaluating an alarm". */
import type { Metric, MetricSources, Statistic } from './metric-sources.ts';

export interface AlarmState {
  readonly value: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  readonly sinceMs: number;
}

export interface Alarm {
  readonly name: string;
  readonly description: string | undefined;
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly operator: string;
  readonly threshold: number;
  readonly treatMissingData: string;
  readonly actions: readonly string[];
  readonly createdMs: number;
  state: AlarmState;
}

const operators: Readonly<Record<string, { holds: (value: number, threshold: number) => boolean; words: string }>> = {
  GreaterThanThreshold: { holds: (value, threshold) => value > threshold, words: 'greater than' },
  GreaterThanOrEqualToThreshold: { holds: (value, threshold) => value >= threshold, words: 'greater than or equal to' },
  LessThanThreshold: { holds: (value, threshold) => value < threshold, words: 'less than' },
  LessThanOrEqualToThreshold: { holds: (value, threshold) => value <= threshold, words: 'less than or equal to' },
};

/** The latest periods, the one under way among them, as CloudWatch looks at them. */
export function evaluateAlarm(alarm: Alarm, sources: MetricSources, nowMs: number): Omit<AlarmState, 'sinceMs'> {
  const { periodMs, evaluationPeriods, threshold } = alarm;
  const endMs = Math.floor(nowMs / periodMs) * periodMs + periodMs;
  const range = { startMs: endMs - evaluationPeriods * periodMs, endMs, periodMs };
  const points = sources.read(alarm.metric, alarm.statistic, range, nowMs);
  const operator = operators[alarm.operator];
  if (operator === undefined) throw new Error(`the simulated CloudWatch knows no operator ${alarm.operator}`);
  const breaching = points.filter(({ value }) => operator.holds(value, threshold));
  const missing = alarm.treatMissingData === 'breaching' ? evaluationPeriods - points.length : 0;
  const values = points.map(({ value }) => value).join(', ');
  if (breaching.length + missing >= evaluationPeriods) {
    return {
      value: 'ALARM',
      reason: `Threshold Crossed: [${values}] was ${operator.words} the threshold (${threshold}).`,
    };
  }
  if (points.length === 0 && alarm.treatMissingData === 'missing') {
    return { value: 'INSUFFICIENT_DATA', reason: 'Insufficient Data: no datapoints were received.' };
  }
  return {
    value: 'OK',
    reason: `Threshold not crossed: [${values}] was not ${operator.words} the threshold (${threshold}).`,
  };
}
