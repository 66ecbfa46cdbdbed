/** What must hold of a burst, and of a larger beside a smaller one. */
import type { Outcome } from './outcome.ts';

export interface Condition {
  condition: string;
  wanted: string;
  measured: string;
  holds: boolean;
}

export function judge(outcome: Outcome): Condition[] {
  const { requests, lost, resting, isClosed, tasks, tasksAtOnce, maxParallelTasks, handlers } = outcome;
  const messages = Object.values(resting).reduce((sum, count) => sum + count, 0);
  return [
    atMost(`${requests} requests: lost`, 0, lost),
    atMost('messages left in queues', 0, messages),
    { condition: 'the lease at the end', wanted: 'closed', measured: isClosed ? 'closed' : 'not', holds: isClosed },
    atMost('active tasks of one repository', 1, outcome.tasksPerRepositoryAtOnce),
    atMost('tasks, as many as requests', requests, tasks),
    atMost('tasks at one time', maxParallelTasks, tasksAtOnce),
    atMost('longest handler, in seconds', handlers.timeoutSeconds, handlers.longestSeconds),
    atMost('handlers that failed', 0, handlers.failed),
    atMost('largest item, in kB', 400, Math.ceil(outcome.largestItemBytes / 1_000)),
    atMost('actions of a write', 100, outcome.mostActionsOfAWrite),
  ];
}

export interface Growth {
  requests: number;
  leaseWrites: number;
  writeUnits: number;
  readUnits: number;
  /** Of one request. */
  writeUnitsEach: number;
  readUnitsEach: number;
}

/** So much more may one request cost beside many others. */
const MOST_EACH = 1.1;

export function growthOf(smaller: Outcome, larger: Outcome): Growth {
  return {
    requests: larger.requests / smaller.requests,
    leaseWrites: larger.writes.leaseWrites / smaller.writes.leaseWrites,
    writeUnits: larger.writes.writeUnits / smaller.writes.writeUnits,
    readUnits: larger.readUnits / smaller.readUnits,
    writeUnitsEach: larger.writeUnitsPerRequest / smaller.writeUnitsPerRequest,
    readUnitsEach: larger.readUnitsPerRequest / smaller.readUnitsPerRequest,
  };
}

export function judgeGrowth(growth: Growth): Condition[] {
  return [
    atMost('lease writes grew, as the requests at most', growth.requests, growth.leaseWrites, '×'),
    atMost('write units of a request grew', MOST_EACH, growth.writeUnitsEach, '×'),
    atMost('read units of a request grew', MOST_EACH, growth.readUnitsEach, '×'),
  ];
}

function atMost(condition: string, most: number, measured: number, unit = ''): Condition {
  const show = (value: number) => `${Number.isInteger(value) ? value : value.toFixed(2)}${unit}`;
  return { condition, wanted: `≤ ${show(most)}`, measured: show(measured), holds: measured <= most };
}
