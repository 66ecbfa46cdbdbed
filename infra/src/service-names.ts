/**
 * What the services of interface endpoints are called, and where there is CodeCommit. Names differ by partition and service (`cn.com.amazonaws.cn-north-1.ecr.api`,
 * beside `com.amazonaws.cn-north-1.logs`); the CDK has the table of it.
 */
import { Aws, CfnCondition, Fn, Stack, Token } from 'aws-cdk-lib';
import { InterfaceVpcEndpointAwsService } from 'aws-cdk-lib/aws-ec2';
import { RegionInfo } from 'aws-cdk-lib/region-info';

const stacks = new Map<string, Stack>();

/** The service's full name in a Region that is known. */
export function serviceNameIn(region: string, service: string): string {
  const stack = stacks.get(region) ?? new Stack(undefined, 'names', { env: { region } });
  stacks.set(region, stack);
  return stack.resolve(new InterfaceVpcEndpointAwsService(service).name);
}

/** The service's full name in whatever Region `stack` is created in. */
export function serviceNameAnywhere(stack: Stack, service: string): string {
  const unusual = new Map<string, string[]>();
  for (const { name: region } of RegionInfo.regions) {
    const name = serviceNameIn(region, service);
    if (name === `com.amazonaws.${region}.${service}`) continue;
    const form = name.replace(region, Aws.REGION);
    unusual.set(form, [...(unusual.get(form) ?? []), region]);
  }
  const usual = `com.amazonaws.${Aws.REGION}.${service}`;
  return [...unusual].reduce(
    (otherwise, [form, regions]) => Fn.conditionIf(isIn(stack, regions).logicalId, form, otherwise).toString(),
    usual,
  );
}

function isIn(stack: Stack, regions: string[]): CfnCondition {
  const id = `In${regions.map((region) => region.replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase())).join('')}`;
  const found = stack.node.tryFindChild(id) as CfnCondition | undefined;
  if (found !== undefined) return found;
  const equal = regions.map((region) => Fn.conditionEquals(Aws.REGION, region));
  const [only] = equal;
  return new CfnCondition(stack, id, { expression: equal.length === 1 && only ? only : Fn.conditionOr(...equal) });
}

/** The short name in a full one, whose Region CloudFormation may know alone (`*`): `ecr.api`; undefined for what is no service of AWS. */
export function shortNameOf(serviceName: string): string | undefined {
  return /^(?!aws\.)[a-z0-9.-]+?\.(?:\*|[a-z]{2,}(?:-[a-z]+)+-\d+)\.([a-z0-9.-]+)$/.exec(serviceName)?.[1];
}

/** By botocore's table of endpoints of 2026-11. A Region that is in neither table is left to the preflight, which asks EC2. */
const withoutCodeCommit = [
  'ap-east-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'mx-central-1',
];
const partitionsWithCodeCommit = ['aws', 'aws-cn', 'aws-us-gov'];

/** Why nothing can be mirrored in this Region, if that is so; it may be known to the deployment only. */
export function explainRegion(region: string): string | undefined {
  if (Token.isUnresolved(region)) return undefined;
  const { partition } = RegionInfo.get(region);
  const isKnown = partition !== undefined && !partitionsWithCodeCommit.includes(partition);
  if (!isKnown && !withoutCodeCommit.includes(region)) return undefined;
  return `${region} has no CodeCommit, whose interface endpoint every mirror needs; choose another Region`;
}
