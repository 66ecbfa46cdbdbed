/** What a page may ask beside its own files: reads by GET, actions by POST. Every answer is JSON; a refusal says in words what was wrong. */
import { explainFailure, OperationFailed } from '@hourglass/operations';
import { type Acted, ActionAsked, type Found, type Start } from '../model/answers.ts';
import type { ConsoleSource } from '../source.ts';
import { readDoors } from './doors.ts';
import type { Feed } from './feed.ts';
import { withoutChanges } from './feed.ts';
import { learn } from './learned.ts';
import type { LearningBook } from './learning-book.ts';
import type { Recent } from './recent.ts';
import type { Order, RepositoryBook } from './repository-book.ts';
import { readTimeline } from './timeline.ts';

export interface ApiParts {
  readonly source: ConsoleSource;
  readonly feed: Feed;
  readonly recent: Recent;
  readonly book: RepositoryBook;
  readonly learning: LearningBook;
  readonly start: Start;
}

/** The question cannot be answered as it is put. */
export class BadQuestion extends Error {
  override readonly name = 'BadQuestion';
}

const DAY_MS = 86_400_000;
const MAX_PAGE = 200;
/** Somewhat more than the longest month. */
const MAX_STRETCH_MS = 40 * DAY_MS;
const MAX_FOUND = 8;

type Read = (parts: ApiParts, query: URLSearchParams, id: string) => Promise<unknown>;

/** By the path below /api/; `:` stands for an id. */
export const reads: Readonly<Record<string, Read>> = {
  start: async ({ start }) => start,
  status: async ({ source }) => await source.readStatus(),
  repositories: async ({ book, recent }, query) => {
    await book.load(() => recent.entries());
    const offset = readNumber(query, 'offset', 0);
    const wanted = { offset, limit: readLimit(query), search: query.get('search') ?? '', order: readOrder(query) };
    return { offset, ...book.page(wanted) };
  },
  history: async ({ source }, query) => {
    const limit = readLimit(query);
    const task = query.get('task');
    const before = query.get('before');
    const entries = await source.readHistory({
      limit,
      failedOnly: query.has('failed'),
      ...(task !== null && { task }),
      ...(before !== null && { beforeMs: readNumber(query, 'before', 0) }),
    });
    const last = entries.at(-1);
    const more = last !== undefined && entries.length >= limit;
    return { entries: entries.map(withoutChanges), beforeMs: more ? Date.parse(last.finishedAt) : null };
  },
  'requests/:': async ({ source }, _query, id) => ({ lives: await source.readLife(id) }),
  'requests/:/log': async ({ source }, _query, id) => {
    const [life] = await source.readLife(id);
    return { lines: life === undefined ? [] : await source.readLog(life) };
  },
  failures: async ({ source }, query) => {
    const [letters, entries] = await Promise.all([
      source.listDeadLetters({ limit: MAX_PAGE }).catch((error: unknown) => explain(error, source.region)),
      source.readHistory({ failedOnly: true, limit: readLimit(query) }),
    ]);
    const unreadable = typeof letters === 'string' ? letters : null;
    return { letters: typeof letters === 'string' ? [] : letters, unreadable, entries: entries.map(withoutChanges) };
  },
  timeline: async ({ source, feed }, query) => {
    const [fromMs, toMs] = [readNumber(query, 'from'), readNumber(query, 'to')];
    const pixels = Math.min(4_000, Math.max(50, readNumber(query, 'pixels', 1_000)));
    if (toMs <= fromMs || toMs - fromMs > MAX_STRETCH_MS) throw new BadQuestion('from and to: at most 40 days apart');
    const status = feed.status ?? (await source.readStatus());
    return await readTimeline(source, status, { fromMs, toMs, pixels });
  },
  doors: async ({ source, recent }) => await readDoors(source, await recent.entries()),
  learned: async ({ source, recent }) => {
    const openings = await source.readOpenings({ sinceMs: source.nowMs() - MAX_STRETCH_MS, limit: 1_000 });
    return learn(await recent.entries(), openings);
  },
  learning: async ({ learning }) => await learning.read(),
  cost: async ({ source }) => ({ today: await source.readCost(Math.floor(source.nowMs() / DAY_MS) * DAY_MS) }),
  search: async (parts, query) => await search(parts, query.get('for') ?? ''),
};

export async function act({ source, feed }: ApiParts, body: unknown): Promise<Acted> {
  const asked = ActionAsked.safeParse(body);
  if (!asked.success) throw new BadQuestion('There is no such action, or something of it is missing.');
  const { actions } = source;
  let requestId: string | null = null;
  switch (asked.data.action) {
    case 'replay':
      await actions.replay(asked.data.task);
      break;
    case 'discard':
      await actions.discard(asked.data.requestId, asked.data.reason);
      break;
    case 'request':
      requestId = await actions.request(asked.data.task);
      break;
    case 'pause':
      await actions.pause(asked.data.task);
      break;
    case 'resume':
      await actions.resume(asked.data.task);
      break;
    case 'close':
      await actions.close();
  }
  void feed.refresh();
  return { requestId };
}

async function search({ source, feed, recent, book }: ApiParts, text: string): Promise<Found> {
  const needle = text.trim().toLowerCase();
  if (needle === '') return { repositories: [], requests: [] };
  const has = (id: string) => id.toLowerCase().includes(needle);
  await book.load(() => recent.entries());
  const repositories = book
    .page({ offset: 0, limit: MAX_FOUND, search: needle, order: 'name' })
    .rows.map(({ name }) => name);
  const { waiting = [], runs = [] } = feed.status ?? {};
  const ended = (await recent.entries()).filter(
    ({ requestId, delivery }) => has(requestId) || delivery?.toLowerCase() === needle,
  );
  const matching = [
    ...waiting
      .filter(({ requestId }) => has(requestId))
      .map(({ requestId, task }) => ({ requestId, task, state: 'waiting' })),
    ...runs
      .filter(({ requestId }) => has(requestId))
      .map(({ requestId, task }) => ({ requestId, task, state: 'running' })),
    ...ended.slice(0, MAX_FOUND).map(({ requestId, task, result }) => ({ requestId, task, state: result })),
  ];
  // An id that is older than what is held here.
  const lives = matching.length === 0 && /^[\w:.-]{8,}$/.test(text.trim()) ? await source.readLife(text.trim()) : [];
  const requests = [...matching, ...lives].slice(0, MAX_FOUND);
  return { repositories, requests: requests.map(({ requestId, task, state }) => ({ requestId, task, state })) };
}

/** One sentence for a person; what is not meant for one is not repeated. */
export function explain(error: unknown, region: string): string {
  const explained = explainFailure(error, { region });
  if (explained instanceof OperationFailed) return explained.message;
  const { name, message } = explained as { name?: string; message?: string };
  return `AWS did not answer as expected (${name ?? 'Error'}): ${message ?? ''}`;
}

function readNumber(query: URLSearchParams, name: string, otherwise?: number): number {
  const text = query.get(name);
  if (text === null && otherwise !== undefined) return otherwise;
  const number = text === null || text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(number) || number < 0) throw new BadQuestion(`${name} is a number`);
  return number;
}

const readLimit = (query: URLSearchParams): number =>
  Math.max(1, Math.min(MAX_PAGE, Math.floor(readNumber(query, 'limit', 100))));

function readOrder(query: URLSearchParams): Order {
  const order = query.get('order');
  return order === 'age' || order === 'trouble' ? order : 'name';
}
