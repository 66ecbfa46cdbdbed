/** The construct in an app of somebody else's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack, TagManager } from 'aws-cdk-lib';
import { afterAll, describe, expect, test } from 'vitest';
import { withAssets } from './assets.ts';
import { ConfigurationInvalid, parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { Hourglass } from './hourglass.ts';
import { createStandInRepository } from './stand-in-repository.ts';

interface Template {
  Resources: Record<string, { Properties?: { Tags?: { Key: string; Value: string }[] | Record<string, string> } }>;
}

const root = createStandInRepository();
const outdir = mkdtempSync(join(tmpdir(), 'hourglass-construct-'));
afterAll(() => {
  for (const made of [root, outdir]) rmSync(made, { recursive: true, force: true });
});
const createStack = () => new Stack(new App({ outdir, analyticsReporting: false }), 'theirs');

describe('Hourglass', () => {
  test('stands in any stack, with its defaults filled in, tells what it made, and tags all that can be tagged', () => {
    const stack = createStack();
    const config = parseConfig(exampleConfig);
    const made = withAssets(config, (assets) => new Hourglass(stack, 'Mirrors', { ...exampleConfig, assets }), root);
    expect(made.config).toMatchObject({ billing: 'unknown', teardownLeadSeconds: 420, maxParallelTasks: 10 });
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

  test('refuses a bad key by its name', () => {
    const wrong = { ...exampleConfig, vpc: 'vpc-1' };
    expect(() => new Hourglass(createStack(), 'Mirrors', wrong)).toThrow(ConfigurationInvalid);
    expect(() => new Hourglass(createStack(), 'Mirrors', wrong)).toThrow('vpc: unknown key');
  });
});
