/** The source that a test steers: what it holds is what a page sees. */
import type { DeadLetter, HistoryEntry, Learning, LogLine, Opening, RequestLife, Status } from '@hourglass/operations';
import type { ConsoleSource, HistoryQuery, RepositoryMemory } from '../source.ts';
import { statusOf } from './samples.ts';

export interface Stage extends ConsoleSource {
  repositories: string[] | null;
  /** Epoch milliseconds; the clock stands until it is moved. */
  at: number;
  status: Partial<Status>;
  /** Newest first. */
  history: HistoryEntry[];
  lives: RequestLife[];
  logs: LogLine[];
  letters: DeadLetter[];
  openings: Opening[];
  learning: Pick<Learning, 'creation' | 'cost'>;
  memories: Map<string, RepositoryMemory>;
  /** What was asked to be done, in words. */
  readonly acted: string[];
  /** What a reading of the status fails with. */
  broken: Error | undefined;
}

export function createStage(given: Partial<Stage> = {}): Stage {
  const acted: string[] = [];
  const note = (what: string) => {
    acted.push(what);
  };
  const stage: Stage = {
    deployment: 'stage',
    region: 'ap-northeast-1',
    repositories: [],
    at: Date.UTC(2026, 10, 20, 10),
    status: {},
    history: [],
    lives: [],
    logs: [],
    letters: [],
    openings: [],
    learning: { creation: null, cost: null },
    memories: new Map(),
    acted,
    broken: undefined,
    nowMs: () => stage.at,
    readStatus: async () => {
      if (stage.broken) throw stage.broken;
      return statusOf(stage.at, stage.status);
    },
    readHistory: async (query) => findHistory(stage.history, query),
    readLife: async (requestId) => stage.lives.filter((life) => life.requestId === requestId),
    readLog: async () => stage.logs,
    listDeadLetters: async ({ limit }) => stage.letters.slice(0, limit),
    readOpenings: async ({ sinceMs, limit }) =>
      stage.openings.filter(({ closedAt }) => Date.parse(closedAt) >= sinceMs).slice(0, limit),
    readCost: async () => statusOf(stage.at).cost,
    readLearning: async () => ({ learned: statusOf(stage.at, stage.status).learned, ...stage.learning }),
    readMemories: async (names) =>
      new Map(
        names.flatMap((name) =>
          stage.memories.has(name) ? [[name, stage.memories.get(name) as RepositoryMemory]] : [],
        ),
      ),
    shadowOfPoll: () => [],
    actions: {
      replay: async (task) => note(`replay ${task ?? 'all'}`),
      discard: async (requestId, reason) => note(`discard ${requestId} ${reason}`),
      request: async (task) => {
        note(`request ${task}`);
        return 'request-asked';
      },
      pause: async (task) => note(`pause ${task ?? 'all'}`),
      resume: async (task) => note(`resume ${task ?? 'all'}`),
      close: async () => note('close'),
    },
    ...given,
  };
  return stage;
}

function findHistory(history: readonly HistoryEntry[], query: HistoryQuery): HistoryEntry[] {
  const { task, sinceMs = 0, beforeMs, failedOnly = false, limit } = query;
  const since = new Date(sinceMs).toISOString();
  const found: HistoryEntry[] = [];
  for (let at = beforeMs === undefined ? 0 : findBefore(history, beforeMs); at < history.length; at += 1) {
    const entry = history[at] as HistoryEntry;
    if (found.length >= limit || entry.finishedAt < since) break;
    if (task !== undefined && entry.task !== task) continue;
    if (!failedOnly || entry.result === 'failed') found.push(entry);
  }
  return found;
}

/** The first that ended earlier, by halves. */
function findBefore(history: readonly HistoryEntry[], beforeMs: number): number {
  const before = new Date(beforeMs).toISOString();
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.finishedAt ?? '') >= before) low = middle + 1;
    else high = middle;
  }
  return low;
}
