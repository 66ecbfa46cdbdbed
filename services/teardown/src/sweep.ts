/** What is still tagged with the lease after its stack is gone, or could not go. */
import {
  DeleteVpcEndpointsCommand,
  type EC2Client,
  paginateDescribeVpcEndpoints,
  type VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { FENCE_TAG, LEASE_TAG } from '@hourglass/shared';

/** Interface endpoints by the tags that only the endpoints stack gives, of this fence or an older one: never a later lease's. */
export function createSweeper(client: EC2Client, leaseId: string): (fence: number) => Promise<number> {
  return async (fence) => {
    const left: string[] = [];
    const pages = paginateDescribeVpcEndpoints(
      { client },
      {
        Filters: [
          { Name: `tag:${LEASE_TAG}`, Values: [leaseId] },
          { Name: 'vpc-endpoint-type', Values: ['Interface'] },
        ],
      },
    );
    for await (const { VpcEndpoints = [] } of pages) {
      for (const endpoint of VpcEndpoints) {
        const { VpcEndpointId, State } = endpoint;
        if (VpcEndpointId && State?.toLowerCase() !== 'deleted' && fenceOf(endpoint) <= fence) left.push(VpcEndpointId);
      }
    }
    if (left.length > 0) await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: left }));
    return left.length;
  };
}

function fenceOf({ Tags = [] }: VpcEndpoint): number {
  return Number(Tags.find(({ Key }) => Key === FENCE_TAG)?.Value ?? Number.NaN);
}
