/** The construct in an app of somebody else's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, TagManager } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { type Assets, repositoryRoot, withAssets } from './assets.ts';
import { ConfigurationInvalid, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { Hourglass } from './hourglass.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { createStandInRepository } from './stand-in-repository.ts';

interface Template {
  Resources: Record<string, { Properties?: { Tags?: { Key: string; Value: string }[] | Record<string, string> } }>;
}

const root = createStandInRepository();
const outdir = mkdtempSync(join(tmpdir(), 'hourglass-construct-'));
afterAll(() => {
  for (const made of [root, outdir]) rmSync(made, { recursive: true, force: true });
});
const create = (stack: Stack, props: HourglassProps, assets: Assets) =>
  new Hourglass(stack, 'Mirrors', { ...props, assets } as HourglassProps);
const createStack = () => new Stack(new App({ outdir, analyticsReporting: false }), 'theirs');

describe('Hourglass', () => {
  test('stands in any stack, with its defaults filled in, lists what it made, and tags all that can be tagged', () => {
    const stack = createStack();
    const config = parseConfig(exampleConfig);
    const made = withAssets(config, (assets) => create(stack, exampleConfig, assets), root);
    expect(made.deployment).toBe(exampleConfig.deployment);
    expect(made.endpointServices).toEqual(['ecr.api', 'ecr.dkr', 'git-codecommit', 'secretsmanager']);
    const { Resources } = (App.of(stack) as App).synth().getStackByName('theirs').template as Template;
    expect(Object.keys(Resources).every((id) => id.startsWith('Mirrors'))).toBe(true);

    const taggable = made.node.findAll().filter((one) => CfnResource.isCfnResource(one) && TagManager.of(one));
    expect(taggable.length).toBeGreaterThan(30);
    for (const one of taggable as CfnResource[]) {
      const { Tags } = Resources[stack.resolve(one.logicalId)]?.Properties ?? {};
      const tags = Array.isArray(Tags) ? Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) : Tags;
      expect(tags?.['hourglass:lease'], one.node.path).toBe(exampleConfig.deployment);
    }
  });

  test('is imported by an app that stands elsewhere and has a link to this room, beside resources of its own', () => {
    const theirs = join(outdir, 'elsewhere');
    const infra = join(repositoryRoot, 'infra');
    mkdirSync(join(theirs, 'node_modules/@hourglass'), { recursive: true });
    symlinkSync(infra, join(theirs, 'node_modules/@hourglass/infra'));
    for (const name of ['aws-cdk-lib', 'constructs']) {
      symlinkSync(join(infra, 'node_modules', name), join(theirs, 'node_modules', name));
    }
    writeFileSync(
      join(theirs, 'app.ts'),
      `import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Hourglass, type HourglassProps } from '@hourglass/infra';

const props: HourglassProps = ${JSON.stringify(exampleConfig)};
const app = new App({ outdir: 'cdk.out', analyticsReporting: false });
const stack = new Stack(app, 'theirs');
const mirrors = new Hourglass(stack, 'Mirrors', props);
new Topic(stack, 'Own', { displayName: mirrors.webhookUrl });
app.synth();
`,
    );
    const { PATH, NODE_COMPILE_CACHE, CDK_VALIDATION } = process.env;
    const { status, stderr } = spawnSync(process.execPath, ['app.ts'], {
      cwd: theirs,
      encoding: 'utf8',
      env: { PATH, NODE_COMPILE_CACHE, CDK_VALIDATION },
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const { Resources } = JSON.parse(readFileSync(join(theirs, 'cdk.out/theirs.template.json'), 'utf8'));
    const types = Object.values<{ Type: string }>(Resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(10);
    expect(types).toContain('AWS::SNS::Topic');
    // A process of its own, which bundles the real services: many seconds on a busy machine.
  });

  test('has no webhook without a key, and nobody may speak as one', () => {
    const stack = createStack();
    const { apiKeySha256: _, ...keyless } = exampleConfig;
    const config = parseConfig(keyless);
    const made = withAssets(config, (assets) => create(stack, keyless, assets), root);
    expect(made.webhookUrl).toBeUndefined();
    expect(made.outputs).not.toHaveProperty('WebhookUrl');
    const { Resources } = (App.of(stack) as App).synth().getStackByName('theirs').template;
    const all: { Type: string; Properties: { FunctionName?: unknown; Statement?: { Sid: string } } }[] =
      Object.values(Resources);
    expect(all.filter(({ Type }) => Type.startsWith('AWS::ApiGatewayV2'))).toEqual([]);
    expect(all.filter(({ Properties }) => String(Properties.FunctionName).endsWith('-webhook'))).toEqual([]);
    const denied = all.find(({ Properties }) => Properties.Statement?.Sid === 'OnlyWebhook');
    expect(denied?.Properties.Statement).toMatchObject({
      Effect: 'Deny',
      Condition: { StringEquals: { 'events:source': 'hourglass.webhook' } },
    });
    expect(JSON.stringify(denied)).not.toContain('ArnNotEquals');
  });

  test('refuses a bad key by its name', () => {
    const wrong = { ...exampleConfig, vpcID: 'vpc-1' };
    expect(() => new Hourglass(createStack(), 'Mirrors', wrong)).toThrow(ConfigurationInvalid);
    expect(() => new Hourglass(createStack(), 'Mirrors', wrong)).toThrow('vpcID: unknown key');
  });
});
