/**
 * Where the console reads and acts: the operations on one deployment. A port, since tests and the bench have worlds of their own; `operations-source.ts`
 * is the real one.
 */
import type {
  DeadLetter,
  HistoryEntry,
  Learning,
  LogLine,
  MonthCost,
  Opening,
  RequestLife,
  Status,
} from '@hourglass/operations';

export interface HistoryQuery {
  /** `mirror:<repository>` or `command:<name>`. */
  readonly task?: string;
  /** Only what ended then or later; epoch milliseconds. */
  readonly sinceMs?: number;
  /** Only what ended earlier; for the next page. */
  readonly beforeMs?: number;
  readonly failedOnly?: boolean;
  readonly limit: number;
}

export interface RepositoryMemory {
  /** Of its last mirror that succeeded; epoch milliseconds. */
  readonly succeededAtMs: number | null;
  /** How long one usually takes. */
  readonly usualSeconds: number | null;
}

export interface ConsoleSource {
  readonly deployment: string;
  readonly region: string;
  /** Those that the configuration names; null: it names none, and what is known comes from the history. */
  readonly repositories: readonly string[] | null;
  /** Epoch milliseconds of the deployment's world. */
  nowMs(): number;
  readStatus(): Promise<Status>;
  /** Newest first. */
  readHistory(query: HistoryQuery): Promise<HistoryEntry[]>;
  /** Empty if nothing is known of this id. */
  readLife(requestId: string): Promise<RequestLife[]>;
  readLog(life: RequestLife): Promise<LogLine[]>;
  listDeadLetters(query: { limit: number }): Promise<DeadLetter[]>;
  /** Openings of the endpoints that have ended since, newest first. */
  readOpenings(query: { sinceMs: number; limit: number }): Promise<Opening[]>;
  /** What the endpoints have cost since then. */
  readCost(sinceMs: number): Promise<MonthCost>;
  /** What was learned, and what that has saved, of the openings since then. */
  readLearning(query: { sinceMs: number }): Promise<Learning>;
  /** By name; what nothing is remembered of is left out. */
  readMemories(names: readonly string[]): Promise<Map<string, RepositoryMemory>>;
  /** When a poll every half hour would have had endpoints for these requests, as it is usually written. */
  shadowOfPoll(arrivalsMs: readonly number[]): readonly { fromMs: number; toMs: number }[];
  readonly actions: ConsoleActions;
}

/** What a person may do; each says in words why it fails (OperationFailed). */
export interface ConsoleActions {
  /** Dead letters back to the door: one task's, or all. */
  replay(task: string | undefined): Promise<void>;
  discard(requestId: string, reason: string): Promise<void>;
  /** @returns the new request's id */
  request(task: string): Promise<string>;
  pause(task: string | undefined): Promise<void>;
  resume(task: string | undefined): Promise<void>;
  /** Endpoints go at the next idle moment. */
  close(): Promise<void>;
}
