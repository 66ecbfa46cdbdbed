/** An AWS account as a server on the loopback address, for commands that look at one: it has a VPC that does not fit the example, and refuses all but EC2 and quotas. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exampleConfig } from '../example-config.ts';

/** One call, and with whose key and in which Region it was signed. */
export interface AskedCall {
  readonly operation: string;
  readonly accessKeyId: string | undefined;
  readonly region: string | undefined;
}

export interface AccountServer {
  readonly url: string;
  readonly asked: AskedCall[];
  close(): void;
}

/** The version of EC2's API. */
const EC2 = '2016-11-15';

const answers: Record<string, string> = {
  DescribeVpcs: `<vpcSet><item><vpcId>${exampleConfig.vpcId}</vpcId><state>available</state><dhcpOptionsId>dopt-1</dhcpOptionsId></item></vpcSet>`,
  DescribeSubnets: `<subnetSet>${exampleConfig.taskSubnets
    .map((id) => `<item><subnetId>${id}</subnetId><vpcId>vpc-2</vpcId><availabilityZone>z</availabilityZone></item>`)
    .join('')}</subnetSet>`,
};

export async function startAccountServer(): Promise<AccountServer> {
  const asked: AskedCall[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    // Service Quotas speaks JSON, the others forms and XML.
    const target = String(request.headers['x-amz-target'] ?? '');
    const form = new URLSearchParams(body);
    const operation = form.get('Action') ?? target.split('.')[1] ?? `${request.method}`;
    const [, accessKeyId, region] =
      /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    asked.push({ operation, accessKeyId, region });
    if (target.startsWith('ServiceQuotas')) {
      const { ServiceCode } = JSON.parse(body);
      const known = operation === 'GetAWSDefaultServiceQuota' || ServiceCode !== 'lambda';
      response.statusCode = known ? 200 : 400;
      response.end(JSON.stringify(known ? { Quota: { Value: 2 } } : { __type: 'NoSuchResourceException' }));
      return;
    }
    if (target !== '') {
      const refusal = { __type: 'AccessDeniedException', message: 'only to be looked at' };
      response.writeHead(400).end(JSON.stringify(refusal));
      return;
    }
    response.setHeader('content-type', 'text/xml');
    if (form.get('Version') !== EC2) {
      const error = '<Error><Code>AccessDenied</Code><Message>only to be looked at</Message></Error>';
      response.writeHead(403).end(`<ErrorResponse>${error}</ErrorResponse>`);
      return;
    }
    response.end(`<${operation}Response>${answers[operation] ?? ''}</${operation}Response>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => server.close() };
}
