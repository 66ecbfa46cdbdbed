/**
 * What IAM must allow for each EC2 call. Creating an endpoint touches the VPC, each subnet and group, and the endpoint to be; tags need
 * `ec2:CreateTags`, private DNS `route53:AssociateVPCWithHostedZone` (Service Authorization Reference, "Amazon EC2").
 */
import type { CloudCore } from '../core.ts';
import { type Demand, requestTags } from '../service.ts';
import type { Network } from './network.ts';
import { readTags, wantsPrivateDns } from './operations.ts';

export function listDemands(
  operation: string,
  input: Record<string, unknown>,
  core: CloudCore,
  network: Network,
): readonly Demand[] {
  const action = `ec2:${operation}`;
  if (operation === 'CreateVpcEndpoint') return demandCreation(input, core);
  if (operation === 'DeleteVpcEndpoints') {
    return asTexts(input.VpcEndpointId).map((id) => ({
      action,
      resources: [core.arn('ec2', `vpc-endpoint/${id}`)],
      conditions: Object.fromEntries(
        [...(network.find(id)?.tags ?? [])].map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
      ),
    }));
  }
  // Describe… has no resource-level permissions.
  return [{ action, resources: ['*'] }];
}

function demandCreation(input: Record<string, unknown>, core: CloudCore): Demand[] {
  const action = 'ec2:CreateVpcEndpoint';
  const tags = readTags(input);
  const ofTags = requestTags([...tags]);
  const endpoint = core.arn('ec2', 'vpc-endpoint/*');
  const used = [
    `vpc/${String(input.VpcId)}`,
    ...asTexts(input.SubnetId).map((id) => `subnet/${id}`),
    ...asTexts(input.SecurityGroupId).map((id) => `security-group/${id}`),
    ...asTexts(input.RouteTableId).map((id) => `route-table/${id}`),
  ];
  const demands: Demand[] = [
    { action, resources: used.map((resource) => core.arn('ec2', resource)) },
    { action, resources: [endpoint], conditions: { ...ofTags, 'ec2:VpceServiceName': String(input.ServiceName) } },
  ];
  if (tags.size > 0) {
    demands.push({
      action: 'ec2:CreateTags',
      resources: [endpoint],
      conditions: { ...ofTags, 'ec2:CreateAction': 'CreateVpcEndpoint' },
    });
  }
  if (wantsPrivateDns(input)) {
    demands.push({
      action: 'route53:AssociateVPCWithHostedZone',
      resources: [`arn:${core.partition}:route53:::hostedzone/*`],
    });
  }
  return demands;
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
