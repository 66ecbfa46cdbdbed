import { EC2Client } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { createSweeper } from './sweep.ts';

interface Endpoint {
  id: string;
  type?: string;
  state?: string;
  lease?: string;
  fence?: string;
}

/** The real client over an EC2 that answers with these, whatever the filter says. */
function sweeper(endpoints: Endpoint[], refusal = '') {
  const deleted: string[] = [];
  const tag = (key: string, value?: string) =>
    value === undefined ? '' : `<item><key>${key}</key><value>${value}</value></item>`;
  const items = endpoints.map(
    ({ id, type = 'Interface', state = 'available', lease = 'main', fence }) =>
      `<item><vpcEndpointId>${id}</vpcEndpointId><vpcEndpointType>${type}</vpcEndpointType><state>${state}</state>
       <tagSet>${tag('hourglass:lease', lease)}${tag('hourglass:fence', fence)}</tagSet></item>`,
  );
  const client = new EC2Client({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    requestHandler: {
      async handle({ body }: { body: string }) {
        const form = new URLSearchParams(body);
        for (const [key, value] of form) if (key.startsWith('VpcEndpointId.')) deleted.push(value);
        const xml =
          form.get('Action') === 'DeleteVpcEndpoints'
            ? `<DeleteVpcEndpointsResponse><unsuccessful>${refusal}</unsuccessful></DeleteVpcEndpointsResponse>`
            : `<DescribeVpcEndpointsResponse><vpcEndpointSet>${items.join('')}</vpcEndpointSet></DescribeVpcEndpointsResponse>`;
        return { response: { statusCode: 200, headers: {}, body: new Blob([xml]).stream() } };
      },
    } as never,
  });
  return { sweep: createSweeper(client, 'main'), deleted };
}

describe('the sweep', () => {
  it('deletes interface endpoints of this lease up to this fence, and nothing else', async () => {
    const { sweep, deleted } = sweeper([
      { id: 'vpce-old', fence: '1' },
      { id: 'vpce-now', fence: '2' },
      { id: 'vpce-later', fence: '3' },
      { id: 'vpce-other', fence: '1', lease: 'other' },
      { id: 'vpce-untagged' },
      { id: 'vpce-gateway', fence: '1', type: 'Gateway' },
      { id: 'vpce-gone', fence: '1', state: 'deleted' },
    ]);
    expect(await sweep(2)).toBe(2);
    expect(deleted).toEqual(['vpce-old', 'vpce-now']);
  });

  it('counts endpoints that are going as left, and does not ask for them again', async () => {
    const { sweep, deleted } = sweeper([{ id: 'vpce-going', fence: '1', state: 'deleting' }]);
    expect(await sweep(2)).toBe(1);
    expect(deleted).toEqual([]);
  });

  it('makes no call where nothing is left', async () => {
    const { sweep, deleted } = sweeper([]);
    expect(await sweep(2)).toBe(0);
    expect(deleted).toEqual([]);
  });

  it('is no success if EC2 keeps an endpoint', async () => {
    const refusal =
      '<item><resourceId>vpce-now</resourceId><error><code>Operation</code><message>it is in use</message></error></item>';
    const { sweep } = sweeper([{ id: 'vpce-now', fence: '2' }], refusal);
    await expect(sweep(2)).rejects.toThrow('vpce-now: it is in use');
  });
});
