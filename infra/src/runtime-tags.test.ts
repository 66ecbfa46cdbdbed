/** Tags of the configuration and of the app reach what is made now and what is made later; what no service would take is refused by name. */
import { rmSync } from 'node:fs';
import { App, Aws, CfnResource, Stack, TagManager, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { ControlPlane } from './control-plane.ts';
import { exampleConfig } from './example-config.ts';
import { Hourglass } from './hourglass.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { renderEndpointsTemplate } from './render-endpoints-template.ts';
import { createStandInAssets } from './stand-in-assets.ts';

const { directory, ...standIns } = createStandInAssets();
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const assets = { ...standIns, endpointsTemplate: renderEndpointsTemplate(['ecr.api', 'ecr.dkr', 'logs']) };

function make(tags?: Record<string, string>) {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, 'theirs');
  const hourglass = new Hourglass(stack, 'Mirrors', { ...exampleConfig, tags, assets } as HourglassProps);
  const synthesize = () => Template.fromStack(stack);
  const atRunTime = (template = synthesize()) =>
    ['provisioner', 'runner'].map((service) => {
      const found = Object.values(template.findResources('AWS::Lambda::Function')).find(({ Properties }) =>
        String(Properties.FunctionName).endsWith(`-${service}`),
      );
      return found?.Properties.Environment.Variables.TAGS;
    });
  return { app, stack, hourglass, synthesize, atRunTime };
}

describe('tags of the configuration', () => {
  test('are on every resource that can have them, and are given to the functions that make more', () => {
    const { stack, hourglass, synthesize, atRunTime } = make({ CostCenter: 'platform' });
    const template = synthesize();
    const { Resources } = template.toJSON();
    const taggable = hourglass.node.findAll().filter((one) => CfnResource.isCfnResource(one) && TagManager.of(one));
    expect(taggable.length).toBeGreaterThan(30);
    for (const one of taggable as CfnResource[]) {
      const { Tags: given } = Resources[stack.resolve(one.logicalId)].Properties;
      const own = Array.isArray(given) ? Object.fromEntries(given.map(({ Key, Value }) => [Key, Value])) : given;
      expect(own, one.node.path).toMatchObject({ CostCenter: 'platform' });
    }
    for (const json of atRunTime(template)) expect(JSON.parse(json)).toEqual({ CostCenter: 'platform' });
  });

  test('are on the stack that the command deploys, which CloudFormation itself creates with them', () => {
    const app = new App({ analyticsReporting: false });
    const config = parseConfig({ ...exampleConfig, tags: { CostCenter: 'platform' } });
    new ControlPlane(app, { config, assets });
    expect(app.synth().stacks[0]?.tags).toEqual({ CostCenter: 'platform' });
  });

  test('are none by default', () => {
    for (const json of make().atRunTime()) expect(JSON.parse(json)).toEqual({});
  });
});

describe('tags of the app', () => {
  test('reach the functions, whether they are put on the app, a stack or the construct, before or after; the nearest wins', () => {
    const { app, stack, hourglass, atRunTime } = make({ CostCenter: 'of the configuration' });
    Tags.of(app).add('Owner', 'of the app');
    Tags.of(app).add('CostCenter', 'of the app');
    Tags.of(stack).add('Stage', 'of the stack');
    Tags.of(hourglass).add('Team', 'of the construct');
    Tags.of(hourglass).remove('Owner');
    expect(JSON.parse(atRunTime()[0])).toEqual({
      CostCenter: 'of the configuration',
      Stage: 'of the stack',
      Team: 'of the construct',
    });
  });

  test('may have values that only the deployment knows', () => {
    const { hourglass, atRunTime } = make();
    Tags.of(hourglass).add('Account', Aws.ACCOUNT_ID);
    expect(atRunTime()[1]).toEqual({ 'Fn::Join': ['', ['{"Account":"', { Ref: 'AWS::AccountId' }, '"}']] });
  });
});

describe('tags that would be refused at run time', () => {
  const many = Object.fromEntries(Array.from({ length: 47 }, (_, n) => [`key-${n}`, 'x']));
  const faults: [Record<string, string>, RegExp][] = [
    [{ 'aws:cost': 'x' }, /tags\.aws:cost: must not begin with aws:/],
    [{ 'Hourglass:fence': '3' }, /tags\.Hourglass:fence: must not begin with hourglass:/],
    [{ CostCenter: '' }, /tags\.CostCenter: must have a value of 1 to 256 characters/],
    [{ CostCenter: 'x'.repeat(257) }, /tags\.CostCenter: must have a value of 1 to 256/],
    [{ ['k'.repeat(129)]: 'x' }, /tags\.k+: must have a name of 1 to 128/],
    [{ 'cost;center': 'x' }, /tags\.cost;center: must have a name of letters/],
    [{ CostCenter: 'a&b' }, /tags\.CostCenter: must have a value of letters/],
    [{ costcenter: 'x', CostCenter: 'x' }, /tags\.costcenter: must differ from CostCenter by more than its case/],
    [many, /tags: must be at most 46/],
  ];

  test.each(faults)('in the configuration, %o', (tags, message) => {
    expect(() => parseConfig({ ...exampleConfig, tags })).toThrow(message);
  });

  test.each(faults)('of the app, %o', (tags, message) => {
    const { app, synthesize } = make();
    for (const [key, value] of Object.entries(tags)) Tags.of(app).add(key, value);
    expect(synthesize).toThrow(message);
  });

  test('take the place of the own ones', () => {
    const { app, synthesize } = make();
    Tags.of(app).add('hourglass:lease', 'theirs', { priority: 300 });
    expect(synthesize).toThrow(/tags\.hourglass:lease: must be left alone/);
  });

  test('are too long for the environment of a function, together with the commands', () => {
    const { app, synthesize } = make();
    for (let n = 0; n < 13; n += 1) Tags.of(app).add(`key-${n}`, 'x'.repeat(200));
    expect(synthesize).toThrow(/tags: must take at most 2610 bytes together with commands/);
  });
});
