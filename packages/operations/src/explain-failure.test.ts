/** What AWS says, and what a person reads. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createOperatorClients } from './clients.ts';
import { NotFound } from './errors.ts';
import { explainFailure, type Target } from './explain-failure.ts';

const explained = (name: string, message: string, more: object = {}, target: Partial<Target> = {}) => {
  const error = Object.assign(new Error(message), { name }, more);
  return (explainFailure(error, { region: 'eu-west-1', ...target }) as Error).message;
};
const fromAws = { $metadata: { httpStatusCode: 400 } };

describe('a person reads what to do', () => {
  it('without credentials, or with a profile that has none', () => {
    expect(explained('CredentialsProviderError', 'Could not load credentials from any providers')).toMatch(
      /^there are no AWS credentials \(.*\): sign in, set AWS_PROFILE .* --profile; .* start hourglass local$/,
    );
    const nobody = explained('CredentialsProviderError', 'Could not resolve credentials', {}, { profile: 'nobody' });
    expect(nobody).toContain('no AWS credentials of the profile "nobody"');
    expect(explained('TokenProviderError', 'The SSO session has expired')).toMatch(/^there are no AWS credentials/);
  });

  it.each(['ExpiredTokenException', 'UnrecognizedClientException', 'InvalidClientTokenId', 'SignatureDoesNotMatch'])(
    'with credentials that AWS does not take: %s',
    (name) => {
      expect(explained(name, 'No.', fromAws)).toBe(
        `AWS does not accept the credentials (${name}: No.): sign in anew, and try again`,
      );
    },
  );

  it('without a Region, and where hourglass local is meant and not there', () => {
    expect(explained('Error', 'Region is missing')).toMatch(/^no Region is set: give --region/);
    expect(explained('Error', 'Region is missing', {}, { endpoint: 'http://127.0.0.1:4566' })).toMatch(
      /^no Region is set for http:\/\/127.0.0.1:4566, and no hourglass local answers there/,
    );
  });

  it('with a Region that there is not, or an endpoint that nothing answers at', () => {
    expect(explained('Error', 'getaddrinfo ENOTFOUND ssm.eu-west-9.amazonaws.com', { code: 'ENOTFOUND' })).toMatch(
      /^AWS in eu-west-1 cannot be reached \(ENOTFOUND: .*\): look at the Region's name/,
    );
    const endpoint = 'http://127.0.0.1:1';
    expect(explained('Error', '', { code: 'ECONNREFUSED' }, { endpoint })).toMatch(
      /^http:\/\/127.0.0.1:1 cannot be reached \(ECONNREFUSED: no answer\)/,
    );
    expect(explained('TimeoutError', 'socket hang up')).toMatch(/cannot be reached \(TimeoutError/);
  });

  it.each([
    ['ssm:GetParametersByPath', 'outputs OperatorPolicyArn and OperatorReadPolicyArn'],
    ['dynamodb:Query', 'outputs OperatorPolicyArn and OperatorReadPolicyArn'],
    ['ce:GetCostAndUsage', 'outputs OperatorPolicyArn and OperatorReadPolicyArn'],
    ['events:PutEvents', 'output OperatorPolicyArn'],
    ['sqs:ReceiveMessage', 'output OperatorPolicyArn'],
    ['sqs:StartMessageMoveTask', 'output OperatorPolicyArn'],
  ])('which action is denied and which policy gives it: %s', (action, policy) => {
    const said = `User: arn:aws:iam::1:user/eve is not authorized to perform: ${action} on resource: arn:x because no identity-based policy allows it`;
    const message = explained('AccessDeniedException', said, fromAws);
    expect(message).toContain(`AWS does not allow ${action} on arn:x: the deployment's`);
    expect(message).toContain(`${policy}, allow`);
    expect(message.includes('OperatorReadPolicyArn')).toBe(policy.includes('OperatorReadPolicyArn'));
  });

  it('of a denial that names no action', () => {
    expect(explained('AccessDenied', 'Access Denied', fromAws)).toContain('output OperatorPolicyArn');
  });
});

it('what else AWS refuses is said in its own words, and what is no failure of AWS stays what it is', () => {
  expect(explained('ResourceNotFoundException', 'no\nsuch table', fromAws)).toBe(
    'AWS in eu-west-1 refuses (ResourceNotFoundException: no such table)',
  );
  for (const error of [new NotFound('there is none'), new TypeError('a bug'), 'text']) {
    expect(explainFailure(error, { region: 'x' })).toBe(error);
  }
});

describe('which call it was', () => {
  const ask = async (answer: { status: number; body: object }) => {
    const server = createServer((_request, response) =>
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body)),
    );
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    try {
      const sqs = await createOperatorClients({ endpoint, region: 'eu-west-1', credentials }).sqs();
      const error = await sqs.send(new ListQueuesCommand({})).catch((thrown: unknown) => thrown);
      return (explainFailure(error, { region: 'eu-west-1', endpoint }) as Error).message.replace(endpoint, 'ENDPOINT');
    } finally {
      server.close();
    }
  };

  it('has what AWS refuses', async () => {
    const body = { __type: 'com.amazonaws.sqs#InvalidAddress', message: 'no such address' };
    expect(await ask({ status: 400, body })).toBe(
      'AWS in eu-west-1 refuses SQS ListQueues (InvalidAddress: no such address)',
    );
  });

  it('has an answer that is not of AWS, as of an emulator that has not all of it', async () => {
    expect(await ask({ status: 400, body: { error: 'Unsupported service: sqs' } })).toBe(
      'ENDPOINT answers SQS ListQueues with HTTP status 400 and not as AWS does: an emulator may not have it, and a proxy may answer in its place',
    );
  });
});
