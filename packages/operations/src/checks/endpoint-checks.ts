/** Whether the interface endpoints of an hour can be made: offered in the Zones, and nobody answers for their names already. */
import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { LEASE_TAG } from '@hourglass/shared/tags';
import { fault, type Wrong } from './found.ts';
import { type ObservedNetwork, shortNameOf } from './observed-network.ts';
import { describeQuota, type Quotas } from './quotas.ts';

/** Whether this deployment has made it, at an earlier `deploy` or by an open lease. */
export function isOwn({ Tags = [] }: Pick<VpcEndpoint, 'Tags'>, deployment: string): boolean {
  return Tags.some(({ Key, Value }) => Key === LEASE_TAG && Value === deployment);
}

export function* checkInterfaceEndpoints(
  needs: DeploymentNeeds,
  facts: ObservedNetwork & { quotas: Quotas },
): Generator<Wrong> {
  const { endpoints, subnets, zonesOfService, quotas } = facts;
  const wanted = Object.keys(needs.interfaceEndpoints);
  for (const service of wanted) {
    const zones = zonesOfService.get(service);
    if (zones === undefined) {
      const key = needs.interfaceEndpoints[service] ?? 'AWS_REGION';
      yield fault(
        'endpoint-zones',
        key,
        `this Region has no interface endpoint for ${service}`,
        'deploy in another Region, or leave it out',
      );
      continue;
    }
    for (const [index, { subnet }] of needs.endpointSubnets.entries()) {
      const zone = subnets.get(subnet)?.AvailabilityZone;
      if (zone !== undefined && !zones.includes(zone)) {
        const message = `${service} is not offered in ${zone} (${subnet})`;
        yield fault('endpoint-zones', `endpointSubnets[${index}]`, message, `choose from ${zones.join(', ')}`);
      }
    }
  }
  const foreign = endpoints.filter((one) => one.VpcEndpointType === 'Interface' && !isOwn(one, needs.deployment));
  const withPrivateDns = foreign.filter((endpoint) => endpoint.PrivateDnsEnabled);
  const present = new Set(withPrivateDns.map(({ ServiceName = '' }) => shortNameOf(ServiceName)));
  for (const service of wanted.filter((name) => present.has(name))) {
    yield fault(
      'private-dns',
      'existingEndpoints',
      `the VPC has ${service} with private DNS, and a second one would be refused`,
      `add ${service}`,
    );
  }
  for (const service of needs.existingEndpoints.filter((name) => !present.has(name))) {
    yield fault(
      'existing-endpoints',
      'existingEndpoints',
      `the VPC has no endpoint for ${service} with private DNS`,
      `remove ${service}`,
    );
  }
  for (const zone of facts.hostedZones ?? []) {
    const hidden = wanted.filter((service) => isBelow(`${hostOf(service, facts.region)}.`, zone));
    if (hidden.length === 0) continue;
    yield fault(
      'private-dns',
      'vpcId',
      `the private hosted zone ${zone} answers in the VPC for ${hidden.join(', ')}, so that private DNS of these is refused`,
      'dissociate it from the VPC, or name it more narrowly',
    );
  }
  const { interfaceEndpointsPerVpc: most } = quotas.values;
  if (most !== undefined && foreign.length + wanted.length > most) {
    const message = `the VPC's endpoints of others (${foreign.length}) and these (${wanted.length}) exceed the quota of ${most} per VPC`;
    yield fault('quotas', 'vpcId', message, describeQuota('interfaceEndpointsPerVpc'));
  }
}

/** `ecr.dkr` is at `dkr.ecr.<region>`, `git-codecommit` at its own name. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html */
function hostOf(service: string, region: string): string {
  return `${service.split('.').reverse().join('.')}.${region}.amazonaws.com`;
}

function isBelow(host: string, zone: string): boolean {
  const name = zone.endsWith('.') ? zone : `${zone}.`;
  return host === name || host.endsWith(`.${name}`);
}
