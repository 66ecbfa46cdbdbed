/** The bus against hostile input: what clients put onto it through the real SDK, and AWS's own events with fields that nobody knows. */
import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { Trace } from '@hourglass/cloud';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployment, deploy, TABLE } from '../scenarios/deployment.ts';
import { bent, nearlyJson, requestDetail, SECRET, text, value } from './values.ts';

const tracesOf = <K extends Trace['kind']>(world: Deployment, kind: K) =>
  world.traces.filter((trace): trace is Extract<Trace, { kind: K }> => trace.kind === kind);

const crashes = (world: Deployment) => tracesOf(world, 'invocation-end').filter(({ outcome }) => outcome !== 'ok');

describe('PutEvents', () => {
  let world: Deployment;
  let client: EventBridgeClient;
  let admin: EventBridgeClient;
  beforeAll(async () => {
    world = await deploy();
    client = world.client;
    const { region } = world.cloud;
    const requestHandler = world.cloud.requestHandler();
    admin = new EventBridgeClient({ region, requestHandler, credentials: world.cloud.credentialsFor('root') });
  });
  afterAll(() => world.close());

  const requestName = fc.constantFrom('MirrorRequested', 'TaskRequested');
  const huge = fc
    .tuple(requestDetail, fc.constantFrom('x'.repeat(90_000), '\u00e9'.repeat(45_000)))
    .map(([detail, more]) => JSON.stringify({ ...detail, more }));
  const entry = fc.record(
    {
      EventBusName: fc.constant(TABLE),
      Source: fc.constant('hourglass.client'),
      DetailType: requestName,
      Detail: fc.oneof({ weight: 6, arbitrary: nearlyJson }, { weight: 1, arbitrary: huge }),
      Resources: fc.array(text, { maxLength: 2 }),
      Time: fc.constantFrom(new Date(0), new Date(8.64e15)),
    },
    { requiredKeys: ['EventBusName', 'Source', 'DetailType', 'Detail'] },
  );

  let good = 0;
  function wellMeant(): PutEventsRequestEntry & { requestId: string } {
    good += 1;
    const requestId = `good-${good}`;
    const detail = { version: 1, requestId, repository: `good-${good % 5}`, sourceUrl: 'https://git.test/app' };
    return { ...bus('hourglass.client', 'MirrorRequested'), Detail: JSON.stringify(detail), requestId };
  }
  const bus = (Source: string, DetailType: string) => ({ EventBusName: TABLE, Source, DetailType });
  const acceptedIds = () => new Set(world.events('RequestAccepted').map(({ requestId }) => requestId));
  const kept = () => world.messages('intake-dead').map((body) => JSON.parse(body) as { id: string });

  it('of a client takes the good request of a call at once, whatever is beside it; each other is accepted or kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 9 }), fc.nat(), async (hostile, place) => {
        const { requestId, ...one } = wellMeant();
        const Entries = [...hostile] as PutEventsRequestEntry[];
        Entries.splice(place % (hostile.length + 1), 0, one);
        const answer = await client.send(new PutEventsCommand({ Entries }));
        const results = answer.Entries ?? [];
        expect(results[Entries.indexOf(one)]?.EventId).toBeDefined();
        await world.pass(1);
        expect([...acceptedIds()]).toContain(requestId);
        // None comes again, and nobody has stumbled.
        expect(world.messages('intake')).toEqual([]);
        expect(crashes(world)).toEqual([]);
        const refused = new Set(kept().map(({ id }) => id));
        const events = new Map(tracesOf(world, 'event').map((event) => [event.id, event]));
        for (const [index, { EventId, ErrorCode }] of results.entries()) {
          if (EventId === undefined) {
            expect(['MalformedDetail', 'InvalidArgument']).toContain(ErrorCode);
            continue;
          }
          const detail = events.get(EventId)?.detail as { requestId?: string };
          // No queue takes these characters, so that EventBridge can hand them to nobody.
          const isUndeliverable = /[\ufffe\uffff]/.test(JSON.stringify([detail, Entries[index]?.Resources]));
          if (!isUndeliverable && !refused.has(EventId))
            expect([...acceptedIds()]).toContain(detail.requestId ?? EventId);
        }
      }),
      { numRuns: 25 },
    );
    for (const { message } of tracesOf(world, 'log')) expect(message).not.toContain(SECRET);
  });

  it('of a client takes a good request after an event that no queue can hold', async () => {
    const detail = JSON.stringify({ version: 1, repository: 'app', more: 'x'.repeat(1_048_400) });
    await client.send(
      new PutEventsCommand({ Entries: [{ ...bus('hourglass.client', 'MirrorRequested'), Detail: detail }] }),
    );
    const { requestId, ...one } = wellMeant();
    await client.send(new PutEventsCommand({ Entries: [one] }));
    await world.pass(1);
    expect([...acceptedIds()]).toContain(requestId);
    expect(crashes(world)).toEqual([]);
  });

  const forbidden = fc.oneof(
    fc.record({
      Source: fc.constantFrom('hourglass', 'hourglass.webhook', 'hourglass.replay'),
      DetailType: fc.constantFrom('EndpointsReady', 'EndpointsReleased', 'RequestAccepted', 'MirrorRequested'),
    }),
    fc.record({
      Source: fc.oneof(fc.constantFrom('aws.ecs', 'aws.cloudformation', 'Hourglass', 'hourglass.client '), text),
      DetailType: fc.oneof(fc.constantFrom('ECS Task State Change', 'EndpointsReady', 'MirrorRequested'), text),
    }),
    fc.record({ Source: fc.constant('hourglass.client'), DetailType: fc.constantFrom('EndpointsReady', 'x') }),
  );
  const said = fc.oneof(requestDetail, bent({ version: fc.constant(1), leaseId: fc.constant('test'), fence: value }));

  it('in the name of somebody else is refused to a client whole, and heard by nobody if an administrator may say it', async () => {
    await fc.assert(
      fc.asyncProperty(forbidden, said, async (name, detail) => {
        const { requestId, ...one } = wellMeant();
        const before = tracesOf(world, 'event').length;
        const Entries = [one, { ...bus(name.Source, name.DetailType), Detail: JSON.stringify(detail) }];
        await expect(client.send(new PutEventsCommand({ Entries }))).rejects.toThrow(/not authorized|AccessDenied/);
        expect(tracesOf(world, 'event').slice(before)).toEqual([]);
        const isGuarded = /^hourglass($|\.(webhook|replay)$)/.test(name.Source);
        const asAdmin = admin.send(new PutEventsCommand({ Entries }));
        if (isGuarded) {
          await expect(asAdmin).rejects.toThrow(/not authorized/);
          return;
        }
        await asAdmin;
        const put = tracesOf(world, 'event').slice(before);
        for (const { source, detailType, matchedRules } of put) {
          const isRequest = source === 'hourglass.client' && /^(Mirror|Task)Requested$/.test(detailType);
          if (!isRequest) expect(matchedRules).toEqual([]);
        }
        await world.pass(1);
        expect([...acceptedIds()]).toContain(requestId);
      }),
      { numRuns: 60 },
    );
    expect(crashes(world)).toEqual([]);
  });
});

describe('events and timers of AWS', () => {
  it('that have fields nobody knows are taken as those without: the lease opens, runs its task and closes as usual', async () => {
    const [minutes, odd] = [await mirrorOnce(async () => {}), await mirrorOnce(addUnknownFields)];
    expect(odd).toEqual(minutes);
  });

  /** @returns the virtual minutes of every event between the services. */
  async function mirrorOnce(prepare: (world: Deployment) => Promise<void>): Promise<[string, number][]> {
    const world = await deploy();
    try {
      await prepare(world);
      await world.requestMirror('app');
      await world.pass(120);
      expect(crashes(world)).toEqual([]);
      expect(await world.lease()).toMatchObject({ phase: 'closed', pending: 0, running: 0, dead: 0, timer: null });
      const events = tracesOf(world, 'event').filter(({ source }) => source === 'hourglass');
      return events.map(({ detailType, atMs }) => [detailType, atMs]);
    } finally {
      await world.close();
    }
  }

  /** Beside each known field, at every depth, in what AWS's services send and in what its schedules hand over. */
  async function addUnknownFields({ cloud }: Deployment): Promise<void> {
    const more = fc.sample(fc.dictionary(text, value, { minKeys: 1, maxKeys: 3 }), { numRuns: 50, seed: 7 });
    let drawn = 0;
    const widen = (known: unknown): unknown => {
      if (Array.isArray(known)) return known.map(widen);
      if (typeof known !== 'object' || known === null) return known;
      drawn += 1;
      const fields = Object.entries(known).map(([name, inner]) => [name, widen(inner)]);
      return { ...more[drawn % more.length], unknown: { deeper: [drawn] }, ...Object.fromEntries(fields) };
    };
    const { events } = cloud.parts;
    const { emitServiceEvent } = events;
    events.emitServiceEvent = (event) => emitServiceEvent({ ...event, detail: widen(event.detail) });
    for (const fn of cloud.functions.all()) {
      const run = fn.run.bind(fn);
      fn.run = (invocation) => {
        const event: unknown = JSON.parse(invocation.payload);
        const isTimer = typeof event === 'object' && event !== null && 'timer' in event;
        return run(isTimer ? { ...invocation, payload: JSON.stringify(widen(event)) } : invocation);
      };
    }
  }
});
