import {
  CostExplorerClient,
  GetCostAndUsageCommand,
  type GetCostAndUsageCommandInput,
} from '@aws-sdk/client-cost-explorer';
import { CreateVpcEndpointCommand, DeleteVpcEndpointsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Cloud, createCloud } from '../cloud.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2026, 0, 5, 9, 50);
let cloud: Cloud;
let explorer: CostExplorerClient;

const settings = (credentials = cloud.credentialsFor('root')) => ({
  region: cloud.region,
  credentials,
  requestHandler: cloud.requestHandler() as never,
  maxAttempts: 1,
});
const query = (more: Partial<GetCostAndUsageCommandInput> = {}): GetCostAndUsageCommandInput => ({
  TimePeriod: { Start: '2026-01-05T09:00:00Z', End: '2026-01-05T12:00:00Z' },
  Granularity: 'HOURLY',
  Metrics: ['UsageQuantity', 'UnblendedCost'],
  GroupBy: [
    { Type: 'DIMENSION', Key: 'USAGE_TYPE' },
    { Type: 'DIMENSION', Key: 'LINKED_ACCOUNT' },
  ],
  ...more,
});
const ask = (more?: Partial<GetCostAndUsageCommandInput>) => explorer.send(new GetCostAndUsageCommand(query(more)));
const quantities = async (more?: Partial<GetCostAndUsageCommandInput>) =>
  ((await ask(more)).ResultsByTime ?? []).map(({ Groups = [] }) =>
    Number(Groups[0]?.Metrics?.UsageQuantity?.Amount ?? 0),
  );

beforeEach(async () => {
  cloud = createCloud({ dynamo: 'memory', startMs: START_MS });
  explorer = new CostExplorerClient(settings());
  const ec2 = new EC2Client(settings());
  // From 9:50 to 10:30, in two Zones.
  const made = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId: 'vpc-1',
      ServiceName: `com.amazonaws.${cloud.region}.logs`,
      VpcEndpointType: 'Interface',
      SubnetIds: ['subnet-a', 'subnet-b'],
    }),
  );
  await cloud.driver.advanceBy(38 * 60_000);
  await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [made.VpcEndpoint?.VpcEndpointId ?? ''] }));
  await cloud.driver.advanceBy(48 * HOUR_MS);
});
afterEach(() => cloud.close());

describe('GetCostAndUsage', () => {
  it('lists each hour, empty ones too, in the shapes that AWS documents', async () => {
    const { ResultsByTime = [], GroupDefinitions, NextPageToken } = await ask();
    expect(NextPageToken).toBeUndefined();
    expect(GroupDefinitions).toEqual(query().GroupBy);
    expect(ResultsByTime.map(({ TimePeriod }) => TimePeriod?.Start)).toEqual([
      '2026-01-05T09:00:00Z',
      '2026-01-05T10:00:00Z',
      '2026-01-05T11:00:00Z',
    ]);
    expect(ResultsByTime[0]).toEqual({
      TimePeriod: { Start: '2026-01-05T09:00:00Z', End: '2026-01-05T10:00:00Z' },
      Total: {},
      Groups: [
        {
          Keys: ['APN1-VpcEndpoint-Hours', cloud.account],
          Metrics: {
            UsageQuantity: { Amount: '2.0000000000', Unit: 'Hrs' },
            UnblendedCost: { Amount: '0.0280000000', Unit: 'USD' },
          },
        },
      ],
      Estimated: true,
    });
    expect(ResultsByTime[2]?.Groups).toEqual([]);
  });

  it('counts by the reading that holds in this world', async () => {
    expect(await quantities()).toEqual([2, 0, 0]);
    cloud.parts.costExplorer.reading = 'clock';
    expect(await quantities()).toEqual([2, 2, 0]);
  });

  it('comes in pages, whose token goes with the same question only', async () => {
    const TimePeriod = { Start: '2026-01-02T00:00:00Z', End: '2026-01-07T00:00:00Z' };
    const first = await ask({ TimePeriod });
    expect(first.ResultsByTime).toHaveLength(100);
    const { NextPageToken } = first;
    const second = await ask({ TimePeriod, NextPageToken });
    expect(second.ResultsByTime).toHaveLength(20);
    expect(second.NextPageToken).toBeUndefined();
    await expect(ask({ NextPageToken })).rejects.toMatchObject({ name: 'RequestChangedException' });
    await expect(ask({ NextPageToken: 'made up' })).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });

  it('filters by dimensions, and sums what is not grouped', async () => {
    const service = (Values: string[]) => ({ Dimensions: { Key: 'SERVICE' as const, Values } });
    const ours = service(['Amazon Virtual Private Cloud']);
    expect(await quantities({ Filter: { Not: ours } })).toEqual([0, 0, 0]);
    expect(
      await quantities({ Filter: { And: [ours, { Dimensions: { Key: 'RECORD_TYPE', Values: ['Usage'] } }] } }),
    ).toEqual([2, 0, 0]);
    const day = await ask({
      Granularity: 'DAILY',
      TimePeriod: { Start: '2026-01-05', End: '2026-01-06' },
      GroupBy: undefined,
    });
    expect(day.ResultsByTime?.[0]?.Total?.UsageQuantity).toEqual({ Amount: '2.0000000000', Unit: 'Hrs' });
  });

  it('does not know what is younger than a day; what lives still has the hours that have begun', async () => {
    await cloud.close();
    cloud = createCloud({ dynamo: 'memory', startMs: START_MS });
    explorer = new CostExplorerClient(settings());
    await new EC2Client(settings()).send(
      new CreateVpcEndpointCommand({
        VpcId: 'vpc-1',
        ServiceName: `com.amazonaws.${cloud.region}.logs`,
        VpcEndpointType: 'Interface',
        SubnetIds: ['a'],
      }),
    );
    await cloud.driver.advanceBy(2 * HOUR_MS);
    expect(await quantities()).toEqual([0, 0, 0]);
    await cloud.driver.advanceBy(24 * HOUR_MS);
    expect(await quantities()).toEqual([1, 1, 0]);
  });

  it.each([
    [
      'hours of more than 14 days ago',
      { TimePeriod: { Start: '2025-12-01T00:00:00Z', End: '2026-01-05T00:00:00Z' } },
      /more than 14 days ago/,
    ],
    ['a day where an hour is meant', { TimePeriod: { Start: '2026-01-05', End: '2026-01-06' } }, /invalid for HOURLY/],
    [
      'a time that ends before it begins',
      { TimePeriod: { Start: '2026-01-06T00:00:00Z', End: '2026-01-05T00:00:00Z' } },
      /before end date/,
    ],
    ['the future', { TimePeriod: { Start: '2026-02-06T00:00:00Z', End: '2026-02-07T00:00:00Z' } }, /after today/],
    [
      'three groups',
      { GroupBy: ['SERVICE', 'REGION', 'USAGE_TYPE'].map((Key) => ({ Type: 'DIMENSION' as const, Key })) },
      /at most 2/,
    ],
  ])('refuses %s', async (_what, more, says) => {
    await expect(ask(more)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(says),
    });
  });

  it('refuses an account without Cost Explorer, without hours, and a caller without the permission, each in its own words', async () => {
    cloud.parts.costExplorer.hourly = false;
    await expect(ask()).rejects.toMatchObject({ name: 'DataUnavailableException' });
    cloud.parts.costExplorer.enabled = false;
    await expect(ask()).rejects.toThrow('User not enabled for cost explorer access');
    explorer = new CostExplorerClient(settings(cloud.createUser('nobody', [])));
    await expect(ask()).rejects.toThrow(/not authorized to perform: ce:GetCostAndUsage/);
  });
});
