/**
 * What CloudFormation itself refuses before it creates anything: a subnet that is not in the VPC. Rules can look at
 * parameters of AWS's own types only, so these stand for the configured ids and are used for nothing else:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
 */
import { CfnParameter, CfnRule, Fn, type Stack, Validations } from 'aws-cdk-lib';
import type { HourglassConfig } from './config.ts';

/** Adds the rule to `stack`. */
export function refuseForeignSubnets(stack: Stack, config: HourglassConfig): void {
  const check = (id: string, type: string, value: string) =>
    new CfnParameter(stack, id, { type, default: value, description: 'Checked only; set it in hourglass.config.ts' });
  check('Vpc', 'AWS::EC2::VPC::Id', config.vpcId);
  const subnets = [...new Set([...config.taskSubnets, ...config.endpointSubnets])].sort();
  check('Subnets', 'List<AWS::EC2::Subnet::Id>', subnets.join());
  Validations.of(stack).acknowledge({
    id: 'CloudFormation-Validate::W2001',
    reason: 'The parameters are there for the rule, which the check does not count as a use.',
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
