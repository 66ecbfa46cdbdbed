/**
 * What CloudFormation itself refuses before it creates anything: a subnet that is not in the VPC, and an endpoint subnet that is not in
 * the Zone that the configuration says, by which two in one Zone are refused. Rules can look at parameters of AWS's own types only, so
 * these stand for the configured ids and are used for nothing else:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
import { CfnParameter, CfnRule, Fn, type Stack, Validations } from 'aws-cdk-lib';
import type { HourglassConfig } from './config.ts';

/** Adds the rules to `stack`. */
export function refuseForeignSubnets(stack: Stack, config: HourglassConfig): void {
  const check = (id: string, type: string, value: string) =>
    new CfnParameter(stack, id, { type, default: value, description: 'Checked only; set it in hourglass.config.ts' });
  check('Vpc', 'AWS::EC2::VPC::Id', config.vpcId);
  check('TaskSubnets', 'List<AWS::EC2::Subnet::Id>', config.taskSubnets.join());
  for (const [index, { subnet, zone }] of config.endpointSubnets.entries()) {
    const id = `EndpointSubnet${index + 1}`;
    check(id, 'AWS::EC2::Subnet::Id', subnet);
    if (zone === undefined) continue;
    new CfnRule(stack, `${id}IsInItsZone`, {
      assertions: [
        {
          assert: Fn.conditionContains([zone], Fn.valueOf(id, 'AvailabilityZone')),
          assertDescription: `endpointSubnets[${index}].zone must be the Zone of ${subnet}`,
        },
      ],
    });
  }
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2001',
    reason: 'The parameters are there for the rules, which the check does not count as a use.',
  });
  new CfnRule(stack, 'SubnetsAreInTheVpc', {
    assertions: [
      {
        assert: Fn.conditionEachMemberIn(
          Fn.valueOfAll('AWS::EC2::Subnet::Id', 'VpcId'),
          Fn.refAll('AWS::EC2::VPC::Id'),
        ),
        assertDescription: 'taskSubnets and endpointSubnets must be in vpcId',
      },
    ],
  });
}
