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
    const left: VpcEndpoint[] = [];
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
      left.push(...VpcEndpoints.filter((endpoint) => isLeftBehind(endpoint, leaseId, fence)));
    }
    // One that is going may be gone before it is named again, and what is gone has no tag that would allow the call.
    const standing = left.filter(({ State }) => State?.toLowerCase() !== 'deleting');
    if (standing.length === 0) return left.length;
    const VpcEndpointIds = standing.flatMap(({ VpcEndpointId }) => VpcEndpointId ?? []);
    const { Unsuccessful = [] } = await client.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds }));
    const [refused] = Unsuccessful;
    if (refused) throw new Error(`EC2 does not delete ${refused.ResourceId}: ${refused.Error?.Message}`);
    return left.length;
  };
}

/** Asked of the answer, not only of the filter: what is deleted here must be beyond doubt the lease's own. */
function isLeftBehind(
  { VpcEndpointId, VpcEndpointType, State, Tags = [] }: VpcEndpoint,
  leaseId: string,
  fence: number,
): boolean {
  const tags = new Map(Tags.map(({ Key, Value }) => [Key, Value]));
  return (
    VpcEndpointId !== undefined &&
    VpcEndpointType === 'Interface' &&
    State?.toLowerCase() !== 'deleted' &&
    tags.get(LEASE_TAG) === leaseId &&
    Number(tags.get(FENCE_TAG) ?? Number.NaN) <= fence
  );
}
