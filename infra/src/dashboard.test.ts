/** What a deployment shows in CloudWatch: queries always, a dashboard and metrics where they are wanted. */
import { expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { ExampleTemplate } from './synthesize-example.ts';

const plain = new ExampleTemplate();
const full = new ExampleTemplate({ ...exampleConfig, dashboard: true, metrics: true });
const withoutMetrics = new ExampleTemplate({ ...exampleConfig, dashboard: true });

const metricsOf = (template: ExampleTemplate) =>
  template
    .resources('Lambda::Function')
    .map(({ Properties }) => Properties.Environment?.Variables?.METRICS)
    .filter((value) => value !== undefined);

/** The dashboard's body, whatever the deployment fills in. */
const bodyOf = (template: ExampleTemplate) =>
  JSON.stringify(template.resources('CloudWatch::Dashboard')[0]?.Properties.DashboardBody);

test('what costs is there only where it is wanted', () => {
  expect(plain.resources('CloudWatch::Dashboard')).toEqual([]);
  expect(new Set(metricsOf(plain))).toEqual(new Set(['null']));
  expect(full.resources('CloudWatch::Dashboard')).toHaveLength(1);
});

test('the services that write the lease have the namespace in their environment, and how many endpoints an hour has', () => {
  const configured = metricsOf(full).map((value) => JSON.parse(String(value)));
  expect(configured).toHaveLength(4);
  for (const { namespace, endpoints } of configured) {
    expect(namespace).toBe(`Hourglass/${exampleConfig.deployment}`);
    expect(endpoints).toBeGreaterThan(0);
  }
});

test('the dashboard shows what the services write, and without metrics what AWS measures free', () => {
  const own = ['PaidEndpointHours', 'TaskMinutes', 'RequestToStart', 'RequestToMirrored', 'TasksFailed', 'Deliveries'];
  for (const name of own) {
    expect(bodyOf(full), name).toContain(name);
    expect(bodyOf(withoutMetrics), name).not.toContain(name);
  }
  for (const body of [bodyOf(full), bodyOf(withoutMetrics)]) expect(body).toContain('ApproximateAgeOfOldestMessage');
});

test('queries over the logs of all services stand ready', () => {
  const queries = plain.resources('Logs::QueryDefinition');
  expect(queries.length).toBeGreaterThanOrEqual(3);
  for (const { Properties } of queries) {
    expect(Properties.Name).toMatch(/^hourglass-\w+\//);
    expect(Properties.LogGroupNames.length).toBeGreaterThanOrEqual(5);
    expect(Properties.QueryString).toContain('fields @timestamp');
  }
  expect(queries.map(({ Properties }) => Properties.QueryString).join(' ')).toContain('correlation_id = ');
});
