/** Endpoint services in every partition, and Regions in which nothing can be mirrored. */
import { rmSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { afterAll, describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { exampleConfig } from './example-config.ts';
import { Hourglass } from './hourglass.ts';
import type { HourglassProps } from './hourglass-props.ts';
import { renderEndpointsTemplate } from './render-endpoints-template.ts';
import { explainRegion, serviceNameIn, shortNameOf } from './service-names.ts';
import { createStandInAssets } from './stand-in-assets.ts';

const { directory, ...assets } = createStandInAssets();
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const services = ['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs', 'secretsmanager'];
const template = JSON.parse(renderEndpointsTemplate(services));

/** What CloudFormation makes of a name of the template in a Region. */
function nameIn(region: string, service: string): string {
  // biome-ignore lint/suspicious/noExplicitAny: intrinsic functions
  const resolve = (value: any): any => {
    if (typeof value === 'string') return value;
    if (value.Ref === 'AWS::Region') return region;
    if (value['Fn::Equals']) return resolve(value['Fn::Equals'][0]) === resolve(value['Fn::Equals'][1]);
    if (value['Fn::Or']) return value['Fn::Or'].some(resolve);
    if (value['Fn::Join']) return value['Fn::Join'][1].map(resolve).join(value['Fn::Join'][0]);
    const [condition, yes, no] = value['Fn::If'];
    return resolve(resolve(template.Conditions[condition]) ? yes : no);
  };
  const id = service.replace(/(^|[.-])([a-z])/g, (_, __, letter) => letter.toUpperCase());
  return resolve(template.Resources[id].Properties.ServiceName);
}

describe('the endpoints template', () => {
  test.each([
    ['ap-northeast-1', 'ecr.api', 'com.amazonaws.ap-northeast-1.ecr.api'],
    ['cn-north-1', 'ecr.api', 'cn.com.amazonaws.cn-north-1.ecr.api'],
    ['cn-northwest-1', 'ecr.dkr', 'cn.com.amazonaws.cn-northwest-1.ecr.dkr'],
    ['cn-north-1', 'logs', 'com.amazonaws.cn-north-1.logs'],
    ['cn-north-1', 'git-codecommit', 'com.amazonaws.cn-north-1.git-codecommit'],
    ['us-gov-west-1', 'ecr.dkr', 'com.amazonaws.us-gov-west-1.ecr.dkr'],
    ['us-iso-east-1', 'ecr.api', 'gov.ic.c2s.us-iso-east-1.ecr.api'],
    ['us-isob-east-1', 'ecr.dkr', 'gov.sgov.sc2s.us-isob-east-1.ecr.dkr'],
  ])('names in %s the service %s %s', (region, service, name) => {
    expect(nameIn(region, service)).toBe(name);
  });

  test('names what the CDK names, in every Region that it knows', () => {
    for (const { name: region } of RegionInfo.regions) {
      for (const service of services) {
        const name = nameIn(region, service);
        expect(name).toBe(serviceNameIn(region, service));
        expect(shortNameOf(name)).toBe(service);
      }
    }
  });
});

test('a name is short without its Region, also where only CloudFormation knows that; what is no service of AWS has none', () => {
  expect(shortNameOf('com.amazonaws.*.ecr.api')).toBe('ecr.api');
  expect(shortNameOf('cn.com.amazonaws.cn-north-1.ecr.api')).toBe('ecr.api');
  expect(shortNameOf('aws.sagemaker.eu-west-1.notebook')).toBeUndefined();
});

describe('a Region without CodeCommit', () => {
  test.each(['us-iso-east-1', 'us-isob-east-1', 'eusc-de-east-1', 'eu-central-2', 'mx-central-1'])(
    '%s is refused',
    (region) => {
      const message = `${region} has no CodeCommit`;
      const endpointSubnets = [{ subnet: 'subnet-0aaaaaaaaaaaaaaa3', zone: `${region}a` }];
      expect(() => parseConfig({ ...exampleConfig, endpointSubnets })).toThrow(`endpointSubnets: ${message}`);
      const stack = new Stack(new App({ analyticsReporting: false }), 'theirs', { env: { region } });
      const { endpointSubnets: _zones, ...config } = exampleConfig;
      expect(() => new Hourglass(stack, 'Mirrors', { ...config, assets } as HourglassProps)).toThrow(message);
    },
  );

  test.each(['ap-northeast-1', 'cn-north-1', 'us-gov-west-1', 'xx-new-1'])(
    '%s is not one, as far as is known',
    (region) => {
      expect(explainRegion(region)).toBeUndefined();
    },
  );
});
