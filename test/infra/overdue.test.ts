/** The lines that the timers count are those that the deployed teardown writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS } from '@hourglass/lease';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { type Deployment, deploy } from '../scenarios/deployment.ts';

let world: Deployment | undefined;
afterEach(async () => world?.close());

/** How often the metric filters would have counted: their patterns compare one key of a JSON line with a value. */
function countMetrics({ traces }: Deployment): Record<string, number> {
  const { Resources } = JSON.parse(readFileSync(join(inject('assembly'), 'hourglass-test.template.json'), 'utf8'));
  const linesOf = (group: string) =>
    traces.flatMap((trace) => {
      if (trace.kind !== 'log' || trace.logGroup !== Resources[group].Properties.LogGroupName) return [];
      return [JSON.parse(trace.message) as Record<string, unknown>];
    });
  const filters = Object.values(Resources as Record<string, { Type: string; Properties: Filter }>).filter(
    ({ Type }) => Type === 'AWS::Logs::MetricFilter',
  );
  const counts: Record<string, number> = {};
  for (const { Properties } of filters) {
    const { LogGroupName, FilterPattern, MetricTransformations } = Properties;
    const [, key = '', operator, value = ''] = /^\{ \$\.(\w+) (=|>=) (\S+) \}$/.exec(FilterPattern) ?? [];
    const holds = (found: unknown) =>
      operator === '=' ? found === JSON.parse(value) : typeof found === 'number' && found >= Number(value);
    const name = MetricTransformations[0].MetricName;
    counts[name] = (counts[name] ?? 0) + linesOf(LogGroupName.Ref).filter((line) => holds(line[key])).length;
  }
  return counts;
}

interface Filter {
  LogGroupName: { Ref: string };
  FilterPattern: string;
  MetricTransformations: [{ MetricName: string }];
}

describe('the teardown', () => {
  it('is counted as neither warning nor overdue when the endpoints go in their hour', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(80);
    expect(await world.lease()).toMatchObject({ phase: 'closed' });
    expect(countMetrics(world)).toEqual({ TeardownWarnings: 0, EndpointsOverdue: 0 });
  });

  it('is counted as overdue when a deletion is merely slow and outlives the paid hour', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(10);
    world.cloud.parts.cloudformation.timings.deleteMs = 15 * MINUTE_MS;
    await world.pass(80);
    expect(await world.lease()).toMatchObject({ phase: 'closed' });
    const { EndpointsOverdue, TeardownWarnings } = countMetrics(world);
    expect(EndpointsOverdue).toBeGreaterThan(0);
    expect(TeardownWarnings).toBe(0);
  });

  it('is counted as a warning when the deletion failed and was tried again in vain', async () => {
    world = await deploy();
    await world.requestMirror('app');
    await world.pass(10);
    const { cloudformation } = world.cloud.parts;
    cloudformation.failNextDelete('a reason');
    let failures = 1;
    world.cloud.onTrace((trace) => {
      if (trace.kind !== 'stack' || trace.status !== 'DELETE_FAILED' || failures === 4) return;
      failures += 1;
      cloudformation.failNextDelete('a reason');
    });
    await world.pass(180);
    expect(await world.lease()).toMatchObject({ phase: 'closed', deleteFailures: 0 });
    const asked = cloudformation.stacks()[0]?.events.filter(({ status }) => status === 'DELETE_FAILED') ?? [];
    const pausesMinutes = asked.slice(1).map(({ atMs }, n) => Math.round((atMs - (asked[n]?.atMs ?? 0)) / MINUTE_MS));
    expect(pausesMinutes).toEqual([...pausesMinutes].sort((a, b) => a - b));
    expect(pausesMinutes.at(-1)).toBeGreaterThanOrEqual(8);
    expect(countMetrics(world).TeardownWarnings).toBeGreaterThan(0);
  });
});
