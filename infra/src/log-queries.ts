/** Queries that stand ready in CloudWatch Logs Insights, below the deployment's name. They cost nothing; running one costs by the bytes that it reads. */
import { type ILogGroup, QueryDefinition, QueryString } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

/** By what stands in the list; in the second, `correlation_id` is to be replaced by a request's id. */
const queries = {
  'what went wrong': {
    fields: ['@timestamp', 'service', 'level', 'message', 'correlation_id', 'error.message'],
    filterStatements: ['level in ["ERROR", "WARN"]'],
    limit: 200,
  },
  'one request, from door to task': {
    fields: ['@timestamp', 'service', 'message'],
    filterStatements: ['correlation_id = "PUT THE REQUEST ID HERE" or requestId = "PUT THE REQUEST ID HERE"'],
    limit: 500,
  },
  'slowest invocations': {
    fields: [
      '@timestamp',
      '@log',
      'record.metrics.durationMs as durationMs',
      'record.metrics.initDurationMs as initMs',
    ],
    filterStatements: ['type = "platform.report"'],
    sort: 'durationMs desc',
    limit: 50,
  },
} as const;

/** @param logGroups of the services */
export function addLogQueries(scope: Construct, names: Names, logGroups: ILogGroup[]): void {
  const parent = new Construct(scope, 'LogQueries');
  for (const [name, query] of Object.entries(queries)) {
    const { fields, filterStatements, limit } = query;
    new QueryDefinition(
      parent,
      name.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase()),
      {
        queryDefinitionName: `${names.stack}/${name}`,
        logGroups,
        queryString: new QueryString({
          fields: [...fields],
          filterStatements: [...filterStatements],
          sort: 'sort' in query ? query.sort : '@timestamp desc',
          limit,
        }),
      },
    );
  }
}
