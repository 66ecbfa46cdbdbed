/** What the policies' names mean, for who asks for help and under each table. */
import type { PolicyName } from '@hourglass/cost';
import { alignColumns } from '../align-columns.ts';

const meanings: Record<PolicyName | 'direct', string> = {
  direct: 'functions and S3 instead of tasks and endpoints (`--carrier direct`)',
  'always-on': 'the endpoints are never deleted',
  'per-task': 'each task creates its own endpoints and deletes them',
  'poll-30': 'somebody looks every half hour and deletes what is idle',
  hourglass: "Hourglass, configured with how the bill counts hours (`billing: 'anchored'` or `'clock'`)",
  'hourglass-default': "Hourglass as it deploys: `billing: 'unknown'`, so that it does well under both",
  optimum: 'the best that anybody could do who knew all pushes beforehand',
};

/** One line for each of these policies, with its meaning. */
export function describePolicies(
  names: readonly (keyof typeof meanings)[] = Object.keys(meanings) as (keyof typeof meanings)[],
): string {
  const rows = names.map((name) => [name, meanings[name]]);
  return `Policies:\n${alignColumns(rows)
    .map((line) => `  ${line}`)
    .join('\n')}`;
}
