/** The real source: the operations on an open deployment. */
import {
  close,
  type Deployment,
  discard,
  listDeadLetters,
  pause,
  readCost,
  readHistory,
  readLastSuccesses,
  readLearning,
  readLife,
  readOpenings,
  readStatus,
  readTaskLog,
  replay,
  requestTask,
  resume,
  shadowOfPoll,
} from '@hourglass/operations';
import type { ConsoleSource, RepositoryMemory } from './source.ts';

/** Lines of a log that are shown: its end. */
const LOG_LINES = 1_000;

export function openSource(deployment: Deployment): ConsoleSource {
  const { name, region, description, repositories } = deployment;
  return {
    deployment: name,
    region,
    repositories: description.repositories === null ? null : Object.keys(repositories ?? {}),
    nowMs: () => deployment.nowMs(),
    readStatus: () => readStatus(deployment),
    readHistory: (query) => readHistory(deployment, query),
    readLife: (requestId) => readLife(deployment, requestId),
    readLog: (life) => readTaskLog(deployment, life, { limit: LOG_LINES }),
    listDeadLetters: (query) => listDeadLetters(deployment, query),
    readOpenings: (query) => readOpenings(deployment, query),
    readCost: (sinceMs) => readCost(deployment, sinceMs),
    readLearning: (query) => readLearning(deployment, query),
    readMemories: async (names) => {
      const found = await readLastSuccesses(
        deployment,
        names.map((repository) => `mirror:${repository}`),
      );
      return new Map(
        [...found].map(([task, { atMs, seconds }]) => [task.slice('mirror:'.length), memoryOf(atMs, seconds)]),
      );
    },
    shadowOfPoll: (arrivalsMs) => shadowOfPoll(deployment, arrivalsMs),
    actions: {
      replay: async (task) => {
        await replay(deployment, task === undefined ? { all: true } : { task });
      },
      discard: async (requestId, reason) => {
        await discard(deployment, requestId, reason);
      },
      request: async (task) => (await requestTask(deployment, readTask(task))).requestId,
      pause: (task) => pause(deployment, task),
      resume: async (task) => {
        await resume(deployment, task);
      },
      close: () => close(deployment),
    },
  };
}

const memoryOf = (succeededAtMs: number, usualSeconds: number | null): RepositoryMemory => ({
  succeededAtMs,
  usualSeconds,
});

function readTask(task: string): { kind: 'mirror' | 'command'; name: string } {
  const cut = task.indexOf(':');
  return { kind: task.slice(0, cut) === 'command' ? 'command' : 'mirror', name: task.slice(cut + 1) };
}
