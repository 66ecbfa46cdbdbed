/**
 * What CloudFormation itself refuses before it creates anything: a subnet that is not in the VPC, and an endpoint subnet that is not in
 * the Zone that the configuration says, by which two in one Zone are refused. Rules can look at parameters of AWS's own types only, so
 * these stand for the configured ids and are used for nothing else. Each is looked at by its own name: what `Fn::RefAll` and
 * `Fn::ValueOfAll` give is that of the whole account, in which every subnet is in some VPC. Of a subnet a rule sees its VPC, its Zone and
 * its tags, and nothing at all of endpoints and services: these are the preflight's.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
 */
import {
  CfnParameter,
  CfnRule,
  Fn,
  type ICfnRuleConditionExpression,
  type Stack,
  Token,
  Validations,
} from 'aws-cdk-lib';
import type { HourglassConfig } from './config.ts';

/** Adds the rules to `stack`. */
export function refuseForeignSubnets(stack: Stack, config: HourglassConfig): void {
  const standFor = (id: string, type: string, value: string) =>
    new CfnParameter(stack, id, { type, default: value, description: 'Checked only; set it in hourglass.config.ts' });
  const demand = (id: string, assert: ICfnRuleConditionExpression, assertDescription: string) =>
    new CfnRule(stack, id, { assertions: [{ assert, assertDescription }] });

  const { vpcId } = config;
  // No rule needs it: its type alone makes CloudFormation refuse a VPC that is not there.
  standFor('Vpc', 'AWS::EC2::VPC::Id', vpcId);
  standFor('TaskSubnets', 'List<AWS::EC2::Subnet::Id>', config.taskSubnets.join());
  const vpcsOfTasks = Token.asList(Fn.valueOf('TaskSubnets', 'VpcId'));
  demand(
    'TaskSubnetsAreInTheVpc',
    Fn.conditionEachMemberEquals(vpcsOfTasks, vpcId),
    `taskSubnets: each must be in ${vpcId}`,
  );
  for (const [index, { subnet, zone }] of config.endpointSubnets.entries()) {
    const [id, key] = [`EndpointSubnet${index + 1}`, `endpointSubnets[${index}]`];
    standFor(id, 'AWS::EC2::Subnet::Id', subnet);
    const isInTheVpc = Fn.conditionContains([vpcId], Fn.valueOf(id, 'VpcId'));
    demand(`${id}IsInTheVpc`, isInTheVpc, `${key}.subnet: ${subnet} must be in ${vpcId}`);
    if (zone === undefined) continue;
    const isInItsZone = Fn.conditionContains([zone], Fn.valueOf(id, 'AvailabilityZone'));
    demand(`${id}IsInItsZone`, isInItsZone, `${key}.zone: must be the Zone of ${subnet}; name one subnet per Zone`);
  }
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2001',
    reason: 'The parameters are there for the rules, which the check does not count as a use.',
  });
}
