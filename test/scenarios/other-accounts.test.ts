/** Clients of other accounts put requests on the bus: those whom the configuration names, what a client may say, and nothing else. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { PolicyDocument } from '@hourglass/cloud';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Deployment, deploy, TABLE } from './deployment.ts';
import { CLIENTS, MANY } from './synthesize.setup.ts';

let world: Deployment;
beforeAll(async () => {
  world = await deploy({}, inject('assemblyWithHooks'));
});
afterAll(() => world.close());
beforeEach(() => void world.runs.splice(0));

const [wholeAccount, oneRole] = CLIENTS as [string, string];
const BUS = `arn:aws:events:ap-northeast-1:123456789012:event-bus/${TABLE}`;
const NAME = 'of-many-7';
const REQUEST = { version: 1, repository: NAME, sourceUrl: MANY[NAME]?.source };
/** What the other account gives its own machine. */
const atHome: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: BUS }] };
const everything: PolicyDocument = { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

function put(arn: string, policies: PolicyDocument[], more: Partial<PutEventsRequestEntry> = {}) {
  const { cloud } = world;
  const credentials = cloud.createOutsider(arn, policies);
  const { region } = cloud;
  const client = new EventBridgeClient({ region, credentials, requestHandler: cloud.requestHandler(), maxAttempts: 1 });
  const entry = { EventBusName: BUS, Source: 'hourglass.client', DetailType: 'MirrorRequested', ...more };
  return client.send(new PutEventsCommand({ Entries: [{ Detail: JSON.stringify(REQUEST), ...entry }] }));
}

describe('of a named account', () => {
  it.each(['role/git-server', 'user/deep/path/ci'])(
    '%s asks for a mirror, if its own account lets it',
    async (name) => {
      expect((await put(`arn:aws:iam::${wholeAccount}:${name}`, [atHome])).FailedEntryCount).toBe(0);
      await world.pass(30);
      expect(world.runs.map(({ key }) => key)).toEqual([`mirror:${NAME}`]);
    },
  );

  it('nobody does whom his own account does not let', async () => {
    await expect(put(`arn:aws:iam::${wholeAccount}:role/other`, [])).rejects.toThrow(/no identity-based policy allows/);
  });

  it.each<[string, Partial<PutEventsRequestEntry>]>([
    ['under an internal source', { Source: 'hourglass', DetailType: 'EndpointsReady' }],
    ['as the webhook', { Source: 'hourglass.webhook' }],
    ['as an operator', { Source: 'hourglass.operator' }],
    ['an internal event as a client', { DetailType: 'TaskSucceeded' }],
    ['to the default bus', { EventBusName: 'arn:aws:events:ap-northeast-1:123456789012:event-bus/default' }],
  ])('nobody says anything %s, whatever he may at home', async (_, entry) => {
    await expect(put(`arn:aws:iam::${wholeAccount}:role/admin`, [everything], entry)).rejects.toThrow(/not authorized/);
  });
});

describe('of an account of which one role is named', () => {
  it('that role asks for a mirror', async () => {
    expect((await put(oneRole, [atHome])).FailedEntryCount).toBe(0);
    await world.pass(30);
    expect(world.runs.map(({ key }) => key)).toContain(`mirror:${NAME}`);
  });

  it('no other does', async () => {
    await expect(put(oneRole.replace(/[^/]*$/, 'another'), [everything])).rejects.toThrow(/no resource-based policy/);
  });
});

it('of an account that is not named nobody asks for anything', async () => {
  await expect(put('arn:aws:iam::999999999999:role/admin', [everything])).rejects.toThrow(/no resource-based policy/);
  await world.pass(5);
  expect(world.runs.filter(({ key }) => key === `mirror:${NAME}`)).toEqual([]);
});
