/** What an operator sees, as data: no AWS in it, so that a page in a browser can read it too. */
export { DeadLetter } from './dead-letter.ts';
export { Finding } from './finding.ts';
export { AttemptRecord, Carried, Carrier, Door, HistoryEntry, RefChange, Result } from './history.ts';
export { Learned, Learning, LearningCost } from './learning.ts';
export { LogLine } from './log-line.ts';
export { Opening } from './opening.ts';
export { LifeStep, RequestLife } from './request-life.ts';
export { MonthCost, NextStep, RunningTask, Status, WaitingTask } from './status.ts';
