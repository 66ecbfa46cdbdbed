import type { DeadTask, OutgoingEvent } from '@hourglass/shared';
import { describe, expect, it } from 'vitest';
import { REDRIVE_EVERY_MS, type ReplayEffects, redriveFailedMirrors, replayMessage } from './replay.ts';

const task = { kind: 'mirror' as const, repository: 'app', sourceUrl: 'https://git.test/app', destination: 'd' };
const dead: DeadTask = {
  version: 1,
  leaseId: 'main',
  taskKey: 'mirror:app',
  requestId: 'push-1',
  task,
  attempts: 3,
  replays: 0,
  message: 'exit 1',
};

function start(nowMs = 10 * REDRIVE_EVERY_MS) {
  const events: OutgoingEvent[] = [];
  const parked: string[] = [];
  const world = { nowMs, lastRedriveMs: 0, moves: 0, resting: true };
  const effects: ReplayEffects = {
    publish: async (out) => void events.push(...out),
    lastRedriveMs: async () => world.lastRedriveMs,
    recordRedrive: async (before, now) => {
      if (before !== world.lastRedriveMs) return false;
      world.lastRedriveMs = now;
      return true;
    },
    hasMessages: async () => world.resting,
    moveMessages: async () => {
      if (world.moves < 0) return false;
      world.moves += 1;
      return true;
    },
    park: async (body) => void parked.push(body),
    nowMs: () => world.nowMs,
  };
  return { effects, events, parked, world };
}

describe('a message moved back by the operator', () => {
  it('is asked for anew at once, under an id that counts the replays', async () => {
    const { effects, events } = start();
    await replayMessage(JSON.stringify(dead), effects);
    await replayMessage(JSON.stringify({ ...dead, requestId: 'push-1:replay-1', replays: 1 }), effects);
    expect(events.map(({ source, detail }) => ({ source, ...detail }))).toEqual([
      {
        source: 'hourglass.replay',
        version: 1,
        requestId: 'push-1:replay-1',
        repository: 'app',
        sourceUrl: task.sourceUrl,
      },
      {
        source: 'hourglass.replay',
        version: 1,
        requestId: 'push-1:replay-2',
        repository: 'app',
        sourceUrl: task.sourceUrl,
      },
    ]);
  });

  it.each(['{', '{}', '"x"'])('that is none of ours (%s) is refused and rests again', async (body) => {
    const { effects, events } = start();
    await expect(replayMessage(body, effects)).rejects.toThrow(/replay queue/);
    expect(events).toEqual([]);
  });
});

describe('a redrive', () => {
  it('begins when a lease opens, at most once in some hours', async () => {
    const { effects, world } = start();
    await redriveFailedMirrors(effects);
    await redriveFailedMirrors(effects);
    expect(world.moves).toBe(1);
    world.nowMs += REDRIVE_EVERY_MS;
    await redriveFailedMirrors(effects);
    expect(world.moves).toBe(2);
  });

  it('is not spent on an empty queue', async () => {
    const { effects, world } = start();
    world.resting = false;
    await redriveFailedMirrors(effects);
    expect(world).toMatchObject({ moves: 0, lastRedriveMs: 0 });
  });

  it('is begun by one of two that race', async () => {
    const { effects, world } = start();
    await Promise.all([redriveFailedMirrors(effects), redriveFailedMirrors(effects)]);
    expect(world.moves).toBe(1);
  });

  it('is not used up while somebody moves the messages already', async () => {
    const { effects, world } = start();
    world.moves = -1;
    await redriveFailedMirrors(effects);
    expect(world.lastRedriveMs).toBe(0);
    world.moves = 0;
    await redriveFailedMirrors(effects);
    expect(world.moves).toBe(1);
  });

  it('is patient, so that it buys no hour', async () => {
    const { effects, events } = start();
    await redriveFailedMirrors(effects);
    await replayMessage(JSON.stringify(dead), effects);
    expect(events).toMatchObject([{ detail: { maxDelaySeconds: 86_400 } }]);
  });

  it('is given a few times; after that the message is parked until the operator moves it', async () => {
    const { effects, events, parked, world } = start();
    const worn = JSON.stringify({ ...dead, requestId: 'push-1:replay-3', replays: 3 });
    await redriveFailedMirrors(effects);
    await replayMessage(worn, effects);
    expect(parked).toEqual([worn]);
    world.nowMs += 3_600_000;
    await replayMessage(worn, effects);
    expect(events).toMatchObject([{ detail: { requestId: 'push-1:replay-4' } }]);
  });
});
