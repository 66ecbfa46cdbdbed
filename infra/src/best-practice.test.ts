/** cdk-nag finds nothing, and would stop a synth if it did. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkBestPractice } from './best-practice.ts';
import { parseConfig } from './config.ts';
import { describeSynthesized } from './describe-synthesized.ts';
import { exampleConfig } from './example-config.ts';
import { createStandInRepository } from './stand-in-repository.ts';
import { synthesize } from './synthesize.ts';

const directory = mkdtempSync(join(tmpdir(), 'hourglass-nag-'));
const root = createStandInRepository();
// Other tests do without CloudFormation's own rules.
beforeAll(() => void vi.stubEnv('CDK_VALIDATION', undefined));
afterAll(() => {
  vi.unstubAllEnvs();
  for (const made of [directory, root]) rmSync(made, { recursive: true, force: true });
});

describe('AwsSolutions', () => {
  test.each([
    ['the example', exampleConfig],
    ['with e-mail and named repositories', { ...exampleConfig, alarmEmail: 'a@example.com', repositories: ['app'] }],
    ['with no commands', { ...exampleConfig, commands: {} }],
  ])('has no findings in %s', (name, config) => {
    const parsed = parseConfig(config);
    const synthesized = synthesize(parsed, { outdir: join(directory, name), root });
    expect(describeSynthesized(synthesized, parsed)).toContain('CloudFormation Validate: no findings');
    const { assembly } = synthesized;
    const report = join(assembly.directory, 'validation-report.json');
    const { pluginReports } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { pluginReports: [] };
    const findings = pluginReports.flatMap(({ violations }: { violations: unknown[] }) => violations);
    expect(findings).toEqual([]);
  });

  test('stops a synth with a finding that nobody accounts for', () => {
    const app = new App({ outdir: join(directory, 'bad'), analyticsReporting: false });
    checkBestPractice(app);
    const stack = new Stack(app, 'bad');
    new Queue(stack, 'Queue');
    const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    expect(() => app.synth()).toThrow();
    const report = readFileSync(join(directory, 'bad', 'validation-report.json'), 'utf8');
    for (const rule of ['AwsSolutions-SQS3', 'AwsSolutions-SQS4', 'AwsSolutions-IAM5[Action::s3:*]']) {
      expect(report).toContain(rule);
    }
  });
});
