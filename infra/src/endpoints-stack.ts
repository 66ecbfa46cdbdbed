/**
 * The endpoints stack: interface endpoints and nothing else, so that its deletion waits for nothing else. It is not
 * deployed with the control plane. Its template ships inside the provisioner, which creates the stack whenever the
 * lease opens; the lease deletes it at the end of the paid hour.
 */
import { FENCE_TAG, LEASE_TAG } from '@hourglass/shared/tags';
import { CfnParameter, Stack } from 'aws-cdk-lib';
import { CfnVPCEndpoint } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { serviceNameAnywhere } from './service-names.ts';
import { createSynthesizer } from './synthesizer.ts';

/** Longest template body that CreateStack takes without a bucket, in bytes. */
export const maxTemplateBytes = 51_200;

/** Parameters whose values the control plane knows; LeaseId and Fence come from the provisioner. */
export type EndpointsStackParameters = Record<'VpcId' | 'SubnetIds' | 'SecurityGroupId', string>;

/** One interface endpoint with private DNS for each of `services` (short names). */
export class EndpointsStack extends Stack {
  constructor(scope: Construct, id: string, services: readonly string[]) {
    super(scope, id, {
      description: 'Hourglass: interface endpoints of one paid lease',
      analyticsReporting: false,
      synthesizer: createSynthesizer(),
    });
    // Plain types: AWS-specific ones are validated with describe calls that the provisioner's role has no need of.
    const vpcId = new CfnParameter(this, 'VpcId', { description: 'The VPC' });
    const subnetIds = new CfnParameter(this, 'SubnetIds', {
      type: 'CommaDelimitedList',
      description: 'One subnet per Zone',
    });
    const securityGroupId = new CfnParameter(this, 'SecurityGroupId', { description: 'Admits HTTPS from the VPC' });
    const leaseId = new CfnParameter(this, 'LeaseId', { description: 'The lease these endpoints belong to' });
    const fence = new CfnParameter(this, 'Fence', { description: 'Which opening of the lease this is' });
    for (const service of services) {
      new CfnVPCEndpoint(this, logicalIdOf(service), {
        vpcEndpointType: 'Interface',
        vpcId: vpcId.valueAsString,
        serviceName: serviceNameAnywhere(this, service),
        subnetIds: subnetIds.valueAsList,
        securityGroupIds: [securityGroupId.valueAsString],
        privateDnsEnabled: true,
        tags: [
          { key: LEASE_TAG, value: leaseId.valueAsString },
          { key: FENCE_TAG, value: fence.valueAsString },
        ],
      });
    }
  }
}

/** `ecr.api` becomes `EcrApi`. */
function logicalIdOf(service: string): string {
  return service.replace(/(^|[.-])([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase());
}
