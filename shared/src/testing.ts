/** Effects in memory, for the use cases' tests: the lease's own store, recorded timers and events, a clock that the test sets. */
import {
  createMemoryStore,
  defaultSettings,
  type LeaseSettings,
  type MemoryStore,
  MINUTE_MS,
  type Timer,
} from '@hourglass/lease';
import type { ServiceEffects } from './announce.ts';
import { announceLeft } from './announce.ts';
import type { OutgoingEvent } from './publish.ts';

export interface MemoryEffects extends ServiceEffects {
  store: MemoryStore;
  /** Schedules that are alive, by id. */
  schedules: Map<string, Timer>;
  events: OutgoingEvent[];
  warnings: string[];
  warn(message: string, error?: Error): void;
  /** Sets the clock to so many minutes after the start. */
  at(minute: number): void;
}

export function createMemoryEffects(settings: Partial<LeaseSettings> = {}): MemoryEffects {
  let nowMs = 0;
  const schedules = new Map<string, Timer>();
  const events: OutgoingEvent[] = [];
  const warnings: string[] = [];
  const effects: MemoryEffects = {
    service: 'intake',
    leaseId: 'main',
    store: createMemoryStore(),
    settings: { ...defaultSettings, ...settings },
    timers: {
      async create(_, timer) {
        schedules.set(timer.id, timer);
      },
      async delete(timer) {
        schedules.delete(timer.id);
      },
    },
    publish: async (outgoing) => void events.push(...outgoing),
    nowMs: () => nowMs,
    announceLeft: (leaseId) => announceLeft(leaseId, effects),
    pauseBeforeRetry: async () => {},
    warn: (message) => void warnings.push(message),
    at: (minute) => {
      nowMs = minute * MINUTE_MS;
    },
    schedules,
    events,
    warnings,
  };
  return effects;
}
