/** The documents: of the keys from their schema, the others from the template of `hourglass.config.ts` with every optional part. */
import exampleConfig from '../../hourglass.config.ts';
import { ExampleTemplate } from '../synthesize-example.ts';
import { renderConfiguration } from './configuration-table.ts';
import { renderIdleCost } from './idle-cost.ts';
import { renderPermissions } from './permission-table.ts';

/** File names below `infra/`, each with its text. */
export function renderDocuments(): Record<string, string> {
  const { sources } = exampleConfig;
  const credentials = {
    bucket: 'team-git',
    key: 'hourglass/git.example.com.json',
    kmsKeyArn: 'arn:aws:kms:ap-northeast-1:111111111111:key/0a1b2c3d-example',
  };
  const template = new ExampleTemplate({
    ...exampleConfig,
    sources: { ...sources, networks: { 'git.example.com': { credentials } } },
    alarmEmail: 'oncall@example.com',
    metrics: true,
    dashboard: true,
    schemas: true,
    repositories: {
      app: { source: 'https://git.example.com/group/app.git', schedule: 'rate(6 hours)' },
    },
    webhooks: { 'gitlab-main': { server: 'gitlab', secret: '/hourglass/main/webhooks/gitlab-main' } },
    answers: {
      notify: { email: 'team@example.com' },
      commitStatus: { 'git.example.com': { server: 'gitlab', token: '/hourglass/main/status/gitlab' } },
      destination: {
        url: 'https://hooks.example.com/hourglass',
        connectionArn:
          'arn:aws:events:ap-northeast-1:111111111111:connection/team/1a2b3c4d-2222-3333-4444-5e5f5a5b5c5d',
      },
    },
  });
  const configuration = renderConfiguration();
  return {
    'configuration.md': configuration,
    'permissions.md': renderPermissions(template),
    'idle-cost.md': renderIdleCost(template),
  };
}
