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
    const kept: string[] = [];
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
        if (!endpoint.VpcEndpointId || !isLeftBehind(endpoint, leaseId, fence)) continue;
        left.push(endpoint.VpcEndpointId);
        // One that is going may be gone before it is named again, and what is gone has no tag that would allow the call.
        if (endpoint.State?.toLowerCase() !== 'deleting') kept.push(endpoint.VpcEndpointId);
      }
    }
    if (kept.length === 0) return left.length;
    const { Unsuccessful = [] } = await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: kept }));
    const [refused] = Unsuccessful;
    if (refused) throw new Error(`EC2 does not delete ${refused.ResourceId}: ${refused.Error?.Message}`);
    return left.length;
  };
}

/** Asked of the answer, not only of the filter: what is deleted here must be beyond doubt the lease's own. */
function isLeftBehind({ VpcEndpointType, State, Tags = [] }: VpcEndpoint, leaseId: string, fence: number): boolean {
  const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  return (
    VpcEndpointType === 'Interface' &&
    State?.toLowerCase() !== 'deleted' &&
    tags.get(LEASE_TAG) === leaseId &&
    Number(tags.get(FENCE_TAG) ?? Number.NaN) <= fence
  );
}
