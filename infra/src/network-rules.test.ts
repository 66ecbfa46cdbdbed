/** CloudFormation's rules, judged by an account with two VPCs: what the reference of rule functions says that each of them gives. */
import { describe, expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { ExampleTemplate } from './synthesize-example.ts';
import type { Json } from './template.ts';

const [vpc, otherVpc] = [exampleConfig.vpcId, 'vpc-0fedcba9876543210'];
const [first, second, third] = [1, 2, 3].map((n) => `subnet-0aaaaaaaaaaaaaaa${n}`) as [string, string, string];
const config = {
  ...exampleConfig,
  taskSubnets: [first, second],
  endpointSubnets: [
    { subnet: first, zone: 'ap-northeast-1a' },
    { subnet: third, zone: 'ap-northeast-1c' },
  ],
};
type Account = Record<string, { VpcId: string; AvailabilityZone: string }>;
const fitting: Account = {
  [first]: { VpcId: vpc, AvailabilityZone: 'ap-northeast-1a' },
  [second]: { VpcId: vpc, AvailabilityZone: 'ap-northeast-1a' },
  [third]: { VpcId: vpc, AvailabilityZone: 'ap-northeast-1c' },
  'subnet-0bbbbbbbbbbbbbbb1': { VpcId: otherVpc, AvailabilityZone: 'ap-northeast-1a' },
};
const { Parameters, Rules } = new ExampleTemplate(config).json;

/** What CloudFormation says of the rules that do not hold in `account`. */
function refusals(account: Account): string[] {
  const chosen = (parameter: string): Json => {
    const { Type, Default } = Parameters[parameter];
    return Type.startsWith('List<') ? Default.split(',') : Default;
  };
  const evaluate = (value: Json): Json => {
    const [[name, given]] = Object.entries<Json>(value) as [[string, Json]];
    if (name === 'Fn::ValueOf') {
      const attribute = (id: string) => account[id]?.[given[1] as 'VpcId'] ?? '';
      const ids = chosen(given[0]);
      return Array.isArray(ids) ? ids.map(attribute) : attribute(ids);
    }
    if (name === 'Fn::EachMemberEquals') return evaluate(given[0]).every((one: string) => one === given[1]);
    if (name === 'Fn::Contains') return given[0].includes(evaluate(given[1]));
    throw new Error(`${name} is no function that these rules use`);
  };
  return Object.values<Json>(Rules).flatMap(({ Assertions }) =>
    Assertions.flatMap(({ Assert, AssertDescription }: Json) => (evaluate(Assert) ? [] : [AssertDescription])),
  );
}

describe('CloudFormation refuses, before it creates anything,', () => {
  test('nothing of an account that fits', () => {
    expect(refusals(fitting)).toEqual([]);
  });

  test('a task subnet outside the VPC', () => {
    const account = { ...fitting, [second]: { VpcId: otherVpc, AvailabilityZone: 'ap-northeast-1a' } };
    expect(refusals(account)).toEqual([`taskSubnets: each must be in ${vpc}`]);
  });

  test('an endpoint subnet outside the VPC', () => {
    const account = { ...fitting, [third]: { VpcId: otherVpc, AvailabilityZone: 'ap-northeast-1c' } };
    expect(refusals(account)).toEqual([`endpointSubnets[1].subnet: ${third} must be in ${vpc}`]);
  });

  test('an endpoint subnet that is in another Zone than is said, so two in one Zone', () => {
    const account = { ...fitting, [third]: { VpcId: vpc, AvailabilityZone: 'ap-northeast-1a' } };
    expect(refusals(account)).toEqual([
      `endpointSubnets[1].zone: must be the Zone of ${third}; name one subnet per Zone`,
    ]);
  });
});
