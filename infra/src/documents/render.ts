/** Both documents, from the template of `hourglass.config.ts` with every optional part. */
import exampleConfig from '../../hourglass.config.ts';
import { ExampleTemplate } from '../synthesize-example.ts';
import { renderIdleCost } from './idle-cost.ts';
import { renderPermissions } from './permission-table.ts';

/** File names below `infra/`, each with its text. */
export function renderDocuments(): Record<string, string> {
  const template = new ExampleTemplate({ ...exampleConfig, alarmEmail: 'oncall@example.com' });
  return { 'permissions.md': renderPermissions(template), 'idle-cost.md': renderIdleCost(template) };
}
