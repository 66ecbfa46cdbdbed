import { afterEach, describe, expect, it } from 'vitest';
import { createStage, entryOf } from '../testing/index.ts';
import { Feed, type Sent } from './feed.ts';

const explain = (error: unknown) => (error as Error).message;
const feeds: Feed[] = [];

/** It reads only when it is asked to: nothing here waits. */
function open(stage = createStage(), more: Partial<ConstructorParameters<typeof Feed>[0]> = {}) {
  const feed = new Feed({ source: stage, everyMs: 3_600_000, explain, ...more });
  feeds.push(feed);
  const sent: Sent[] = [];
  return { stage, feed, sent, listen: (lastId?: string) => feed.listen((one) => sent.push(one), lastId) };
}

const kinds = (sent: readonly Sent[]) => sent.map(({ event }) => event.kind);

afterEach(() => {
  for (const feed of feeds.splice(0)) feed.close();
});

describe('the feed', () => {
  it('reads nothing until somebody listens', async () => {
    let reads = 0;
    const stage = createStage();
    const { readStatus } = stage;
    stage.readStatus = async () => {
      reads += 1;
      return await readStatus();
    };
    const { feed, listen } = open(stage);
    expect(reads).toBe(0);
    listen();
    await feed.refresh();
    expect(reads).toBe(1);
  });

  it('sends the status, then its clock alone as long as nothing else has changed', async () => {
    const { stage, feed, sent, listen } = open();
    listen();
    await feed.refresh();
    stage.at += 1_000;
    await feed.refresh();
    stage.status = { pending: 1 };
    await feed.refresh();
    expect(kinds(sent)).toEqual(['status', 'clock', 'status']);
  });

  it('sends what has ended once, also the very first there ever is, and not what was there before', async () => {
    const { stage, feed, sent, listen } = open();
    listen();
    await feed.refresh();
    stage.history = [entryOf(1, stage.at + 500)];
    await feed.refresh();
    await feed.refresh();
    const entries = sent.flatMap(({ event }) => (event.kind === 'history' ? event.entries : []));
    expect(entries.map(({ requestId }) => requestId)).toEqual(['request-000001']);

    const later = open(stage);
    later.listen();
    await later.feed.refresh();
    expect(kinds(later.sent)).not.toContain('history');
  });

  it('takes an entry that is written later than it says', async () => {
    const { stage, feed, sent, listen } = open();
    stage.history = [entryOf(1, stage.at)];
    listen();
    await feed.refresh();
    stage.history = [entryOf(1, stage.at), entryOf(2, stage.at - 60_000)];
    await feed.refresh();
    expect(kinds(sent)).toContain('history');
  });

  it('gives who comes back what was missed, and nothing twice', async () => {
    const { stage, feed, sent, listen } = open();
    const stop = listen();
    await feed.refresh();
    stage.history = [entryOf(1, stage.at)];
    await feed.refresh();
    const lastId = sent.at(-1)?.id;
    stop();
    stage.history = [entryOf(2, stage.at + 1_000), ...stage.history];
    await feed.refresh();
    sent.length = 0;
    listen(lastId);
    const missed = sent.flatMap(({ event }) => (event.kind === 'history' ? event.entries : []));
    expect(missed.map(({ requestId }) => requestId)).toEqual(['request-000002']);
    expect(kinds(sent)).not.toContain('reset');
  });

  it('says that one must begin anew where an id is of another server, or too old', async () => {
    const { stage, feed, sent, listen } = open();
    listen('elsewhere-7');
    expect(kinds(sent)).toEqual(['reset']);
    const stop = listen();
    await feed.refresh();
    const lastId = sent.at(-1)?.id;
    for (let n = 1; n <= 300; n += 1) {
      stage.history = [entryOf(n, stage.at + n)];
      await feed.refresh();
    }
    stop();
    sent.length = 0;
    listen(lastId);
    expect(kinds(sent)[0]).toBe('reset');
  });

  it('says that one must begin anew where more has ended than it reads at once', async () => {
    const gaps: string[] = [];
    const { stage, feed, sent, listen } = open(createStage(), { onGap: () => gaps.push('gap') });
    listen();
    await feed.refresh();
    stage.history = Array.from({ length: 500 }, (_, n) => entryOf(n, stage.at - n));
    await feed.refresh();
    expect(kinds(sent)).toContain('reset');
    expect(gaps).toEqual(['gap']);
  });

  it('sends why the deployment cannot be read, and goes on when it can', async () => {
    const { stage, feed, sent, listen } = open();
    listen();
    await feed.refresh();
    stage.broken = new Error('the credentials have expired');
    await feed.refresh();
    expect(sent.at(-1)?.event).toEqual({ kind: 'failed', message: 'the credentials have expired' });
    stage.broken = undefined;
    await feed.refresh();
    expect(sent.at(-1)?.event.kind).toBe('clock');
  });

  it('holds no more after 10,000 events than after a few hundred', async () => {
    const { stage, feed, listen } = open();
    listen();
    for (let n = 1; n <= 10_000; n += 1) {
      stage.at += 10_000;
      stage.history = [entryOf(n, stage.at)];
      await feed.refresh();
    }
    expect(feed.held.kept).toBeLessThanOrEqual(200);
    expect(feed.held.seen).toBeLessThanOrEqual(100);
  });
});
