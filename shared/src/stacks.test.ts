import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { createStackReader } from './stacks.ts';

function reader(status: string, lease = 'main') {
  const xml = `<DescribeStacksResponse><DescribeStacksResult><Stacks><member>
    <StackId>arn:stack</StackId><StackName>endpoints</StackName><StackStatus>${status}</StackStatus>
    <CreationTime>2026-01-01T00:00:00.000Z</CreationTime><DeletionTime>2026-01-01T01:00:00.000Z</DeletionTime>
    <Tags><member><Key>hourglass:lease</Key><Value>${lease}</Value></member>
    <member><Key>hourglass:fence</Key><Value>7</Value></member></Tags></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
  return over(200, xml);
}

function over(statusCode: number, xml: string) {
  const client = new CloudFormationClient({
    region: 'ap-northeast-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({ response: { statusCode, headers: {}, body: new Blob([xml]).stream() } }),
    } as never,
  });
  return createStackReader(client, 'main');
}

const refused = (message: string) =>
  over(400, `<ErrorResponse><Error><Code>ValidationError</Code><Message>${message}</Message></Error></ErrorResponse>`);

describe('a stack', () => {
  it.each([
    ['CREATE_IN_PROGRESS', 'creating'],
    ['CREATE_COMPLETE', 'complete'],
    ['UPDATE_COMPLETE', 'complete'],
    ['CREATE_FAILED', 'failed'],
    ['ROLLBACK_IN_PROGRESS', 'creating'],
    ['ROLLBACK_COMPLETE', 'failed'],
    ['ROLLBACK_FAILED', 'failed'],
    ['DELETE_IN_PROGRESS', 'deleting'],
    ['DELETE_FAILED', 'deleteFailed'],
    ['DELETE_COMPLETE', 'deleted'],
  ])('in %s is seen as %s, with its fence and its own times', async (status, expected) => {
    const seen = await reader(status)('endpoints');
    expect(seen).toMatchObject({
      observation: {
        status: expected,
        fence: 7,
        createdAtMs: Date.UTC(2026, 0, 1),
        deletedAtMs: Date.UTC(2026, 0, 1, 1),
      },
    });
  });

  it('of another lease is foreign', async () => {
    expect(await reader('CREATE_COMPLETE', 'other')('endpoints')).toBe('foreign');
  });

  it('that does not exist is absent, and no other error is taken for that', async () => {
    const absent = await refused('Stack with id endpoints does not exist')('endpoints');
    expect(absent).toMatchObject({ observation: { status: 'absent' } });
    await expect(refused('Template error')('endpoints')).rejects.toThrow('Template error');
  });
});
