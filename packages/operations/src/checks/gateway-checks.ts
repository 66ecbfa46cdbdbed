/** Whether tasks reach S3 and DynamoDB through gateway endpoints, whose policies let them, and none collides with another. */
import type { DeploymentNeeds } from '@hourglass/shared/deployment-needs';
import { isOwn } from './endpoint-checks.ts';
import { fault, type Wrong } from './found.ts';
import { type ObservedNetwork, shortNameOf } from './observed-network.ts';
import { allows, readPolicy } from './policy.ts';

export function* checkGatewayEndpoints(needs: DeploymentNeeds, facts: ObservedNetwork): Generator<Wrong> {
  const { endpoints, routeTables, tableOfSubnet } = facts;
  for (const [index, id] of needs.routeTables.entries()) {
    const table = routeTables.get(id);
    const key = `routeTables[${index}]`;
    if (table === undefined) {
      yield fault('route-tables', key, `${id} is not in this account and Region`, 'correct the id');
    } else if (table.VpcId !== needs.vpcId) {
      const message = `${id} is in ${table.VpcId}, not in ${needs.vpcId}`;
      yield fault('route-tables', key, message, `name a route table of ${needs.vpcId}`);
    }
  }
  for (const service of ['s3', 'dynamodb'] as const) {
    const all = endpoints.filter(
      (one) => one.VpcEndpointType === 'Gateway' && shortNameOf(one.ServiceName ?? '') === service,
    );
    const ofOthers = all.filter((endpoint) => !isOwn(endpoint, needs.deployment));
    const routed = new Set(ofOthers.flatMap(({ RouteTableIds = [] }) => RouteTableIds));
    const creates = needs.gatewayEndpoints[service] === 'create';
    const reached = creates ? new Set(needs.routeTables) : routed;
    const key = `gatewayEndpoints.${service}`;
    for (const [subnet, table] of tableOfSubnet) {
      if (reached.has(table) || (!creates && ofOthers.length === 0)) continue;
      yield creates
        ? fault(
            'route-tables',
            'routeTables',
            `${table}, which ${subnet} uses, is not among them, so that its tasks do not reach ${service}`,
            `add ${table}`,
          )
        : fault(
            'gateway-endpoints',
            key,
            `${table}, which ${subnet} uses, has no route to the existing one`,
            `add ${table} to the endpoint`,
          );
    }
    if (creates) {
      for (const id of needs.routeTables.filter((table) => routed.has(table))) {
        yield fault('gateway-endpoints', key, `${id} has a route to one already`, 'it must be existing');
      }
    } else if (ofOthers.length === 0) {
      yield fault('gateway-endpoints', key, 'the VPC has none', 'it must be create');
    } else {
      const used = new Set(tableOfSubnet.values());
      for (const id of needs.routeTables.filter((table) => !routed.has(table) && !used.has(table))) {
        yield fault('gateway-endpoints', key, `${id} has no route to the existing one`, `add ${id} to the endpoint`);
      }
    }
    const used = new Set(tableOfSubnet.values());
    for (const { VpcEndpointId = '', PolicyDocument, RouteTableIds = [] } of all) {
      if (!RouteTableIds.some((id) => used.has(id))) continue;
      const policy = readPolicy(PolicyDocument);
      for (const { action, resource, why } of throughGateway(service, needs, facts)) {
        if (policy === undefined || allows(policy, action, resource)) continue;
        const message = `the policy of ${VpcEndpointId} does not allow ${action} on ${resource}, ${why}`;
        yield fault('gateway-policies', key, message, 'allow it in the policy of the endpoint');
      }
    }
  }
}

/** Of a deployment that stands: what it made itself is still there, and reaches the task subnets. */
export function* checkOwnGateways(
  needs: DeploymentNeeds,
  { endpoints, tableOfSubnet }: ObservedNetwork,
): Generator<Wrong> {
  for (const service of ['s3', 'dynamodb'] as const) {
    if (needs.gatewayEndpoints[service] !== 'create') continue;
    const own = endpoints.filter(
      (one) =>
        one.VpcEndpointType === 'Gateway' &&
        shortNameOf(one.ServiceName ?? '') === service &&
        isOwn(one, needs.deployment),
    );
    const routed = new Set(own.flatMap(({ RouteTableIds = [] }) => RouteTableIds));
    const key = `gatewayEndpoints.${service}`;
    if (own.length === 0) {
      yield fault('gateway-endpoints', key, 'the one that was made is gone', 'deploy again, which makes it anew');
      continue;
    }
    for (const [subnet, table] of tableOfSubnet) {
      if (routed.has(table) || !needs.routeTables.includes(table)) continue;
      const message = `${table}, which ${subnet} uses, has no route to it any more`;
      yield fault('gateway-endpoints', key, message, 'deploy again, which adds the route');
    }
  }
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html, "Minimum Amazon S3 Bucket Permissions for Amazon ECR" */
function throughGateway(
  service: 's3' | 'dynamodb',
  needs: DeploymentNeeds,
  { region, account = '*' }: ObservedNetwork,
) {
  if (service === 'dynamodb') {
    const resource = `arn:aws:dynamodb:${region}:${account}:table/hourglass-${needs.deployment}`;
    return ['dynamodb:GetItem', 'dynamodb:UpdateItem'].map((action) => ({
      action,
      resource,
      why: 'by which a task reads its work and writes its result',
    }));
  }
  const layers = `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`;
  const objects = needs.credentials.flatMap(({ bucket, key }) =>
    bucket === undefined
      ? []
      : [
          {
            action: 's3:GetObject',
            resource: `arn:aws:s3:::${bucket}/${key}`,
            why: 'where credentials of a source rest',
          },
        ],
  );
  return [{ action: 's3:GetObject', resource: layers, why: 'where ECR keeps image layers' }, ...objects];
}
