/** What does not fit into a function's environment goes into its bundle, and what does not fit into a role's own policy is beside it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '@hourglass/shared/settings';
import { Aws } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { ConfigurationInvalid, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { splitEnvironment, withSettings } from './settings-file.ts';
import { ExampleTemplate } from './synthesize-example.ts';
import type { Json } from './template.ts';

describe('an environment', () => {
  test('that fits stays as it is, and has no file', () => {
    const environment = { A: 'x'.repeat(2_000), B: Aws.REGION };
    expect(splitEnvironment(environment)).toEqual({ variables: environment, file: undefined });
  });

  test('that does not fit loses its longest values to a file, and never one that CloudFormation fills in', () => {
    const region = `${Aws.REGION}${'y'.repeat(3_000)}`;
    const { variables, file } = splitEnvironment({ A: 'ü'.repeat(1_600), B: 'b'.repeat(2_500), C: 'c', D: region });
    expect(variables).toEqual({ C: 'c', D: region, B: 'b'.repeat(2_500), SETTINGS_FILE: 'settings.json' });
    expect(JSON.parse(file ?? '')).toEqual({ A: 'ü'.repeat(1_600) });
  });

  test('comes together again from the bundle, where a variable decides over the file', () => {
    const bundle = mkdtempSync(join(tmpdir(), 'hourglass-bundle-'));
    writeFileSync(join(bundle, 'index.js'), 'code');
    try {
      const read = withSettings(bundle, JSON.stringify({ A: 'of the file', B: 'hidden' }), (directory) => {
        expect(readFileSync(join(directory, 'index.js'), 'utf8')).toBe('code');
        return readSettings({ LAMBDA_TASK_ROOT: directory, SETTINGS_FILE: 'settings.json', B: 'of the variable' });
      });
      expect(read).toMatchObject({ A: 'of the file', B: 'of the variable' });
      expect(withSettings(bundle, undefined, (directory) => directory)).toBe(bundle);
      expect(readSettings({ A: '1' })).toEqual({ A: '1' });
    } finally {
      rmSync(bundle, { recursive: true });
    }
  });
});

describe('600 repositories with their sources, and 60 git servers', () => {
  const repositories = Object.fromEntries(
    Array.from({ length: 600 }, (_, n) => [`app-${n}`, { source: `https://git.example.com/team/app-${n}.git` }]),
  );
  const webhooks = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [
      `git-${n}`,
      { server: 'gitea' as const, secret: `/hourglass/main/webhooks/git-${n}` },
    ]),
  );
  const made = new ExampleTemplate({
    ...exampleConfig,
    destinations: {},
    repositoryDelaySeconds: {},
    repositories,
    webhooks,
  });
  const functions = made.resources('Lambda::Function');

  test('leave every function within its 4 KB', () => {
    for (const { Properties } of functions) {
      const variables = Object.entries<Json>(Properties.Environment?.Variables ?? {});
      const bytes = variables.reduce((sum, [key, value]) => sum + key.length + written(value).length, 0);
      expect(bytes).toBeLessThan(4_096);
    }
  });

  test('are named one by one in managed policies that AWS takes, at most nine a role', () => {
    const policies = made.resources('IAM::ManagedPolicy').map(({ Properties }) => Properties.PolicyDocument.Statement);
    const mirrors = policies.flat().filter(({ Sid }: Json) => Sid === 'Mirror');
    // The task's and the pusher's, since the example has a repository that is carried directly.
    const named = mirrors.flatMap(({ Resource }: Json) => Resource).map((arn: Json) => JSON.stringify(arn));
    expect([named.length, new Set(named).size]).toEqual([1_200, 600]);
    expect(mirrors.every(({ Resource }: Json) => !JSON.stringify(Resource).includes('*'))).toBe(true);
    for (const statement of policies) expect(written(statement).length).toBeLessThan(6_144);
    for (const { Properties } of made.resources('IAM::Role')) {
      expect((Properties.ManagedPolicyArns ?? []).length).toBeLessThanOrEqual(9);
      expect(
        written((Properties.Policies ?? []).map(({ PolicyDocument }: Json) => PolicyDocument)).length,
      ).toBeLessThan(10_240);
    }
  });

  test('leave room for commands that name many resources in several statements', () => {
    const resources = Array.from({ length: 60 }, (_, n) => `arn:aws:s3:::bucket-number-${n}`);
    const policy = ['s3:GetObject', 's3:PutObject'].map((action) => ({ actions: [action], resources }));
    const commands = { copy: { command: ['copy'], policy } };
    const template = new ExampleTemplate({ ...exampleConfig, commands });
    const granted = template.grants().filter(({ actions }) => actions.includes('s3:PutObject'));
    expect(granted.flatMap(({ resources: named }) => named).filter((arn) => resources.includes(arn))).toHaveLength(60);
  });

  test('are about the most: more are refused with the number that fits', () => {
    const more = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`app-${n}`, {}]));
    expect(() => parseConfig({ ...exampleConfig, repositories: more })).toThrow(ConfigurationInvalid);
    expect(() => parseConfig({ ...exampleConfig, repositories: more })).toThrow(
      /repositories: must be fewer: of 1000 names a role's policies hold 7\d\d/,
    );
  });
});

/** As long as AWS counts it, with what CloudFormation fills in, and without blanks. */
function written(value: Json): string {
  return JSON.stringify(value).replace(/\{"Fn::Join":\["",\[(.*?)\]\]\}/g, (_, parts: string) => {
    const filled = parts
      .replace(/\{"Ref":"AWS::Partition"\}/g, '"aws"')
      .replace(/\{"Ref":"AWS::Region"\}/g, '"ap-northeast-1"')
      .replace(/\{"Ref":"AWS::AccountId"\}/g, '"123456789012"');
    return `"${filled.replaceAll('","', '').replace(/^"|"$/g, '')}"`;
  });
}
