import { advance } from '@hourglass/lease';
import { createMemoryEffects } from '@hourglass/shared/testing';
import { describe, expect, it } from 'vitest';
import { acceptRequests, type Message } from './accept.ts';

const rules = {
  ALLOWED_SOURCE_HOSTS: ['git.example.test', 'git.example.test:8443'],
  COMMANDS: { 'list-buckets': ['aws', 's3', 'ls'] },
  REPOSITORIES: null,
  DESTINATION_PREFIX: 'codecommit::ap-northeast-1://',
  DESTINATIONS: {},
  MAX_DELAY_SECONDS: 0,
  REPOSITORY_DELAY_SECONDS: {},
  CARRIERS: { carrier: 'fargate' as const, others: [], directLeaseId: 'main-direct' },
};

function start() {
  const kept: { body: string; reason: string }[] = [];
  const effects = {
    ...createMemoryEffects(),
    keepRejected: async (body: string, reason: string) => void kept.push({ body, reason }),
  };
  return { effects, kept };
}

let messages = 0;
function event(detail: unknown, detailType = 'MirrorRequested', source = 'hourglass.client'): Message {
  messages += 1;
  const envelope = { version: '0', id: `event-${messages}`, source, 'detail-type': detailType, detail };
  return { messageId: `m${messages}`, body: JSON.stringify(envelope) };
}

const mirror = (repository = 'app', more = {}) => ({
  version: 1,
  repository,
  sourceUrl: `https://git.example.test/${repository}`,
  ...more,
});

describe('a batch of requests', () => {
  it('is accepted in one write per two dozen, and published', async () => {
    const { effects } = start();
    const batch = Array.from({ length: 50 }, (_, n) => event(mirror(`app-${n}`)));
    expect(await acceptRequests(batch, rules, effects)).toEqual([]);
    const { lease } = await effects.store.load('main', { all: true });
    expect(lease).toMatchObject({ phase: 'opening', pending: 50, version: 3 });
    expect(effects.events.filter(({ contract }) => contract.name === 'RequestAccepted')).toHaveLength(50);
    expect(effects.events.filter(({ contract }) => contract.name === 'EndpointsNeeded')).toHaveLength(1);
  });

  it('merges requests for one repository and forgets none of their ids', async () => {
    const { effects } = start();
    const first = event(mirror('app', { requestId: 'push-1' }));
    await acceptRequests([first, event(mirror('app', { requestId: 'push-2' })), first], rules, effects);
    const { lease } = await effects.store.load('main', { all: true });
    expect(lease.pending).toBe(1);
    expect(effects.store.facts.filter(({ type }) => type === 'requestRemembered')).toHaveLength(2);
    await acceptRequests([first], rules, effects);
    expect(effects.store.facts.filter(({ type }) => type === 'requestRemembered')).toHaveLength(2);
  });

  it('sends a mirror where the deployment says, whatever the request says', async () => {
    const { effects } = start();
    await acceptRequests([event(mirror('app', { destination: 'https://elsewhere.test', attempt: 9 }))], rules, effects);
    expect(effects.warnings.join()).toMatch(/not known here were ignored: \["attempt","destination"\]/);
    const { items } = await effects.store.load('main', { all: true });
    expect(items.get('mirror:app')).toMatchObject({
      attempts: 0,
      request: { task: { destination: 'codecommit::ap-northeast-1://app' } },
    });
  });

  it('takes a named command, and never its command line', async () => {
    const { effects } = start();
    await acceptRequests([event({ version: 1, name: 'list-buckets', argv: ['rm'] }, 'TaskRequested')], rules, effects);
    const { items } = await effects.store.load('main', { all: true });
    expect(items.get('command:list-buckets')?.request.task).toEqual({ kind: 'command', name: 'list-buckets' });
  });
});

describe('the runner is woken', () => {
  const woken = (effects: ReturnType<typeof start>['effects']) =>
    effects.events.flatMap(({ contract, detail }) => (contract.name === 'WorkWaiting' ? [detail] : []));
  const many = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, n) => event(mirror(`app-${from + n}`)));
  async function opened(settings = {}) {
    const { effects } = start();
    const stack = { fence: 1, stackId: 'arn:aws:cloudformation:eu-west-1:1:stack/endpoints/1', createdAtMs: 0 };
    await acceptRequests(many(0, 1), rules, effects);
    await advance(effects, 'main', {}, () => [
      { type: 'creationAsked', fence: 1 },
      { type: 'stackCreated', ...stack },
    ]);
    return { ...effects, settings: { ...effects.settings, ...settings } };
  }

  it('once of a burst that finds the endpoints open', async () => {
    const effects = await opened();
    expect(woken(effects)).toEqual([]);
    await acceptRequests(many(1, 24), rules, effects);
    expect(woken(effects)).toEqual([{ version: 1, leaseId: 'main', requests: 23 }]);
  });

  it('nothing of requests that join what waits, nor while no task may be begun', async () => {
    const effects = await opened();
    await acceptRequests([...many(0, 1), ...many(0, 1)], rules, effects);
    const full = { ...effects, settings: { ...effects.settings, maxParallelTasks: 0 } };
    await acceptRequests(many(1, 24), rules, full);
    expect(woken(effects)).toEqual([]);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['broken JSON', { messageId: 'x', body: '{' }, /not JSON/],
    ['no envelope', { messageId: 'x', body: '[]' }, /no request event/],
    ['a forged source', event(mirror(), 'MirrorRequested', 'hourglass'), /source/],
    ['an unknown event', event({}, 'EndpointsReady'), /"EndpointsReady" is no request/],
    ['a missing field', event({ version: 1, repository: 'app' }), /sourceUrl/],
    ['another version', event({ ...mirror(), version: 2 }), /version/],
    ['a name that CodeCommit refuses', event(mirror('app.git')), /must not end in \.git/],
    ['a name with a slash', event(mirror('a/b', { sourceUrl: 'https://git.example.test/x' })), /as CodeCommit demands/],
    ['a host off the list', event({ ...mirror(), sourceUrl: 'https://evil.test/app' }), /"evil\.test".*allow-list/],
    ['another port', event({ ...mirror(), sourceUrl: 'https://git.example.test:99/app' }), /allow-list/],
    ['a host behind a user', event({ ...mirror(), sourceUrl: 'https://git.example.test@evil.test/' }), /credentials/],
    ['a backslash', event({ ...mirror(), sourceUrl: 'https://git.example.test\\@127.0.0.1:9/x' }), /backslashes/],
    ['a local file', event({ ...mirror(), sourceUrl: 'file:///etc/passwd' }), /must be an https/],
    ['an option for git', event({ ...mirror(), sourceUrl: '--upload-pack=touch' }), /must be an https/],
    ['a remote helper', event({ ...mirror(), sourceUrl: 'ext::sh -c id' }), /spaces/],
    ['an unknown command', event({ version: 1, name: 'rm' }, 'TaskRequested'), /"rm" is not defined.*list-buckets/],
    ['a name of Object', event({ version: 1, name: 'constructor' }, 'TaskRequested'), /not defined/],
    ['too long a delay', event(mirror('app', { maxDelaySeconds: 1e9 })), /maxDelaySeconds/],
  ])('for %s is answered with the reason, kept, and does not disturb its batch', async (_, bad, reason) => {
    const { effects, kept } = start();
    expect(await acceptRequests([event(mirror('before')), bad, event(mirror('after'))], rules, effects)).toEqual([]);
    expect(kept).toEqual([{ body: bad.body, reason: expect.stringMatching(reason) }]);
    const rejected = effects.events.filter(({ contract }) => contract.name === 'RequestRejected');
    expect(rejected).toMatchObject([{ detail: { reason: expect.stringMatching(reason) } }]);
    const { lease } = await effects.store.load('main', { all: true });
    expect(lease.pending).toBe(2);
  });

  it.each(['a#b', 'x'.repeat(2_100), '\ud800'])('has an id that no key of the table can hold: %.10j', async (id) => {
    const { effects, kept } = start();
    const envelope = { id, source: 'hourglass.client', 'detail-type': 'MirrorRequested', detail: mirror() };
    const odd = { messageId: 'odd', body: JSON.stringify(envelope) };
    expect(await acceptRequests([odd, event(mirror('good'))], rules, effects)).toEqual([]);
    expect(kept).toMatchObject([{ body: odd.body, reason: expect.stringMatching(/event id/) }]);
    expect([...(await effects.store.load('main', { all: true })).items.keys()]).toEqual(['mirror:good']);
  });

  it('comes again if it could not be kept', async () => {
    const { effects } = start();
    effects.keepRejected = async () => {
      throw new Error('throttled');
    };
    expect(await acceptRequests([{ messageId: 'bad', body: '{' }, event(mirror())], rules, effects)).toEqual(['bad']);
  });
});

describe('a write that fails', () => {
  it('sends only its own requests back to the queue', async () => {
    const { effects } = start();
    const batch = Array.from({ length: 30 }, (_, n) => event(mirror(`app-${n}`)));
    let writes = 0;
    const { commit } = effects.store;
    effects.store.commit = async (...args) => {
      writes += 1;
      if (writes === 1) throw new Error('throttled');
      return commit(...args);
    };
    expect(await acceptRequests(batch, rules, effects)).toEqual(batch.slice(0, 24).map(({ messageId }) => messageId));
    expect((await effects.store.load('main', { all: true })).lease.pending).toBe(6);
  });
});

describe('a request that the table refuses', () => {
  it('comes again alone: what shared its transaction is accepted at once, and asked for the endpoints once', async () => {
    const { effects } = start();
    const batch = Array.from({ length: 24 }, (_, n) => event(mirror(`app-${n}`)));
    const { commit } = effects.store;
    effects.store.commit = async (before, after, ...rest) => {
      if (after.items.has('mirror:app-7')) {
        const $metadata = { httpStatusCode: 400, attempts: 1 };
        throw Object.assign(new Error('Item size has exceeded'), { name: 'ValidationException', $metadata });
      }
      return commit(before, after, ...rest);
    };
    expect(await acceptRequests(batch, rules, effects)).toEqual([batch[7]?.messageId]);
    expect((await effects.store.load('main', { all: true })).lease).toMatchObject({ phase: 'opening', pending: 23 });
    expect(effects.events.filter(({ contract }) => contract.name === 'RequestAccepted')).toHaveLength(23);
    expect(effects.events.filter(({ contract }) => contract.name === 'EndpointsNeeded')).toHaveLength(1);
  });
});

describe('ssh sources', () => {
  it.each(['git@git.example.test:team/app.git', 'git@GIT.example.test:app', 'ssh://git@git.example.test/team/app.git'])(
    '%s is admitted',
    async (sourceUrl) => {
      const { effects, kept } = start();
      await acceptRequests([event({ ...mirror(), sourceUrl })], rules, effects);
      expect(kept).toEqual([]);
    },
  );
});

describe('repositories that the deployment names', () => {
  it('are all that is mirrored: another is refused with the reason, and its original kept', async () => {
    const { effects, kept } = start();
    const named = { ...rules, REPOSITORIES: ['app'] };
    const batch = [event(mirror('app')), event(mirror('other')), event(mirror('constructor'))];
    expect(await acceptRequests(batch, named, effects)).toEqual([]);
    const { items } = await effects.store.load('main', { all: true });
    expect([...items.keys()]).toEqual(['mirror:app']);
    expect(kept.map(({ body }) => body)).toEqual([batch[1]?.body, batch[2]?.body]);
    expect(kept[0]?.reason).toBe(
      'The repository "other" is not one of this deployment\'s: add it to "repositories" of its configuration. Known: app.',
    );
  });

  it('may wait as long as the request says, else as its repository may, else as the deployment has it', async () => {
    const { effects } = start();
    const patient = { ...rules, MAX_DELAY_SECONDS: 600, REPOSITORY_DELAY_SECONDS: { archive: 86_400, urgent: 0 } };
    const detail = { version: 1, name: 'list-buckets' };
    const batch = [
      event(mirror('archive')),
      event(mirror('urgent')),
      event(mirror('toString')),
      event(mirror('hasty', { maxDelaySeconds: 0 })),
      event(detail, 'TaskRequested'),
    ];
    await acceptRequests(batch, patient, effects);
    const { items } = await effects.store.load('main', { all: true });
    const delays = [...items.values()].map(({ request }) => (request.startByMs - request.acceptedAtMs) / 1_000);
    expect(delays).toEqual([86_400, 0, 600, 0, 600]);
  });

  it('may be mirrored under another name', async () => {
    const { effects } = start();
    const renamed = { ...rules, DESTINATIONS: { app: 'team-app' } };
    await acceptRequests([event(mirror('app')), event(mirror('toString'))], renamed, effects);
    const { items } = await effects.store.load('main', { all: true });
    const destinations = [...items.values()].map(({ request: { task } }) => task.kind === 'mirror' && task.destination);
    expect(destinations).toEqual(['codecommit::ap-northeast-1://team-app', 'codecommit::ap-northeast-1://toString']);
  });
});

describe("an operator's pause", () => {
  const pause = () => event({ version: 1 }, 'PauseRequested', 'hourglass.operator');
  const leases = async ({ store }: ReturnType<typeof start>['effects']) =>
    (await Promise.all(['main', 'main-direct'].map((id) => store.load(id, {})))).map(({ lease }) => lease);

  it('is of both leases where mirrors may be carried directly, once however often its message comes', async () => {
    const { effects } = start();
    const mixed = { ...rules, CARRIERS: { ...rules.CARRIERS, others: ['app'] } };
    const asked = pause();
    for (const _ of [1, 2]) expect(await acceptRequests([asked], mixed, effects)).toEqual([]);
    for (const lease of await leases(effects))
      expect(lease).toMatchObject({ heldSinceMs: expect.any(Number), version: 1 });
    expect(effects.events.filter(({ contract }) => contract.name === 'LeasePaused')).toHaveLength(2);
  });

  it('is of the one lease where every mirror is a task', async () => {
    const { effects } = start();
    await acceptRequests([pause()], rules, effects);
    expect((await leases(effects)).map(({ heldSinceMs }) => heldSinceMs === null)).toEqual([false, true]);
  });
});
