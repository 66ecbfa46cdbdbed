/** What is still tagged with the lease after its stack is gone, or could not go. */
import { DeleteVpcEndpointsCommand, type EC2Client, paginateDescribeVpcEndpoints } from '@aws-sdk/client-ec2';
import { LEASE_TAG } from '@hourglass/shared';

/** By the tag that only the endpoints stack carries; of interface endpoints only, since the free gateway endpoints stay. */
export function createSweeper(client: EC2Client, leaseId: string): () => Promise<number> {
  return async () => {
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
      for (const { VpcEndpointId, State } of VpcEndpoints) {
        if (VpcEndpointId && State?.toLowerCase() !== 'deleted') left.push(VpcEndpointId);
      }
    }
    if (left.length > 0) await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: left }));
    return left.length;
  };
}
