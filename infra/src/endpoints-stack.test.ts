/** Rules that the endpoints template keeps. */
import { describe, expect, test } from 'vitest';
import { parseConfig } from './config.ts';
import { chooseEndpointServices } from './endpoint-services.ts';
import { maxTemplateBytes } from './endpoints-stack.ts';
import { exampleConfig } from './example-config.ts';
import { renderEndpointsTemplate } from './render-endpoints-template.ts';

describe('the chosen services', () => {
  const none = {
    existingEndpoints: [],
    sources: { ...parseConfig(exampleConfig).sources, networks: {} },
    commands: {},
  };

  test('are what every task needs, sorted', () => {
    expect(chooseEndpointServices(none)).toEqual(['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs']);
  });

  test('have that of Secrets Manager if credentials rest there, and none more for an object in S3', () => {
    const choose = (credentials: object) => {
      const networks = { 'git.example.com': { credentials } };
      return chooseEndpointServices(
        parseConfig({ ...exampleConfig, commands: {}, sources: { ...exampleConfig.sources, networks } }),
      );
    };
    const secretArn = 'arn:aws:secretsmanager:ap-northeast-1:111111111111:secret:git-AbCdEf';
    expect(choose({ secretArn })).toContain('secretsmanager');
    expect(choose({ bucket: 'team-git', key: 'git.json' })).not.toContain('secretsmanager');
  });

  test('have what a command declares, and lack what the VPC or a gateway has', () => {
    expect(chooseEndpointServices(parseConfig(exampleConfig))).toEqual([
      'ecr.api',
      'ecr.dkr',
      'git-codecommit',
      'secretsmanager',
    ]);
  });
});

describe('the endpoints template', () => {
  const text = renderEndpointsTemplate(['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs']);
  const template = JSON.parse(text);
  const endpoints = Object.values<{ Type: string; Properties: { Tags: unknown } }>(template.Resources);

  test('has interface endpoints and nothing else', () => {
    expect(endpoints).toHaveLength(4);
    for (const { Type, Properties } of endpoints) {
      expect(Type).toBe('AWS::EC2::VPCEndpoint');
      expect(Properties).toMatchObject({ VpcEndpointType: 'Interface', PrivateDnsEnabled: true });
    }
    expect(Object.keys(template).sort()).toEqual(['Conditions', 'Description', 'Parameters', 'Resources']);
  });

  test('tags every endpoint with the lease and its fence', () => {
    for (const { Properties } of endpoints) {
      expect(Properties.Tags).toEqual([
        { Key: 'hourglass:fence', Value: { Ref: 'Fence' } },
        { Key: 'hourglass:lease', Value: { Ref: 'LeaseId' } },
      ]);
    }
  });

  test('asks for what the control plane knows and what the provisioner adds', () => {
    expect(Object.keys(template.Parameters).sort()).toEqual([
      'Fence',
      'LeaseId',
      'SecurityGroupId',
      'SubnetIds',
      'VpcId',
    ]);
  });

  test('is small enough to be sent without a bucket, with as many endpoints as a VPC allows', () => {
    // 50 interface endpoints per VPC: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
    const most = renderEndpointsTemplate(Array.from({ length: 50 }, (_, i) => `service-${i}`));
    expect(Buffer.byteLength(most)).toBeLessThan(maxTemplateBytes);
  });

  test('is the same at each synth', () => {
    expect(renderEndpointsTemplate(['ecr.api', 'ecr.dkr', 'git-codecommit', 'logs'])).toBe(text);
  });
});
