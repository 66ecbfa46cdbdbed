export { openSource } from './operations-source.ts';
export { type ConsoleOptions, type RunningConsole, startConsole } from './server/start-console.ts';
export type { ConsoleActions, ConsoleSource, HistoryQuery, RepositoryMemory } from './source.ts';
