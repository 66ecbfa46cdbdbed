/**
 * Breadth-first over every interleaving, up to a bound. Each state is checked as it is reached, and from each the scheduler's timers alone
 * must lead to closed and idle, whether tasks end by themselves or hang until they are stopped.
 */
import { defaultSettings, type LeaseSettings } from '@hourglass/lease';
import { checkWorld } from './invariants.ts';
import { keyOf } from './key.ts';
import { ringAlone, STEP_MS, stepsFrom } from './steps.ts';
import { isIdle, newWorld, Violation, type World, type WorldAsk, type WorldRequest } from './world.ts';

export interface Bound {
  requests: Omit<WorldRequest, 'fate'>[];
  /** Openings; a state of a later fence is checked and not gone on from. */
  fences: number;
  /** Rare faults in one history. */
  faults: number;
  /** Handlers stopped between two calls in one history, one at a time. */
  pauses: number;
  /** States at most; what is beyond is left out, and trigger. */
  states: number;
  /** Fargate tasks at one time; one, if not said, so that two repositories share it. */
  tasks?: number;
  /** False: a lease of nothing, whose attempts are the direct carrier's. */
  endpoints?: boolean;
  /** What the operator asks, in this order; the last one leaves nothing paused. */
  asks?: readonly WorldAsk[];
  /** Steps to take first, by their labels: the exploration begins where they lead. */
  after?: string[];
}

export interface Explored {
  states: number;
  steps: number;
  /** Steps from the first state to the farthest. */
  depth: number;
  /** Whether every state within the bound was gone on from. */
  isExhaustive: boolean;
  violation: { what: string; way: string[] } | null;
}

/**
 * Few attempts, so that what follows the last one lies within the bound. All times are multiples of ten minutes and nothing is learned, so
 * that times fall together and the states are finite; in their order they are as they are deployed.
 */
export const settings: LeaseSettings = {
  ...defaultSettings,
  billingClock: 'anchored',
  patienceMs: STEP_MS,
  createMs: STEP_MS,
  deleteMs: STEP_MS,
  teardownLeadMs: 2 * STEP_MS,
  taskTimeLimitMs: 3 * STEP_MS,
  stopGraceMs: STEP_MS,
  checkTaskMs: 3 * STEP_MS,
  usualTaskMs: STEP_MS,
  // Two that run are two pages.
  lookPage: 1,
  retryPauseMs: STEP_MS,
  retryWithinMs: 6 * STEP_MS,
  createBackoffMs: STEP_MS,
  // Two repositories that are pending share one task.
  maxParallelTasks: 1,
  maxAttempts: 2,
  maxStartFailures: 1,
  maxCreateFailures: 2,
  learnsLead: false,
};

/** Firings that must be enough: an hour's end, two attempts that hang, two openings. */
const FIRINGS = 200;

/** A state that was reached, and how; the world itself is kept only until it was gone on from. */
interface Node {
  label: string;
  parent: Node | null;
}

export async function explore(bound: Bound): Promise<Explored> {
  const hasEndpoints = bound.endpoints ?? true;
  const inBound = {
    ...settings,
    maxParallelTasks: bound.tasks ?? settings.maxParallelTasks,
    hasEndpoints,
    ...(!hasEndpoints && { maxRepositoriesPerTask: 1, stopGraceMs: 0 }),
  };
  let first = newWorld(bound.requests, bound.faults, bound.pauses, { hasEndpoints, asks: bound.asks });
  for (const label of bound.after ?? []) {
    const step = (await stepsFrom(first, inBound)).find((candidate) => candidate.label === label);
    if (!step) throw new Error(`"${label}" cannot happen there.`);
    first = step.world;
  }
  const seen = new Set([keyOf(first)]);
  const settled = [new Set<string>(), new Set<string>()] as const;
  let level: { world: World; node: Node }[] = [{ world: first, node: { label: 'nothing yet', parent: null } }];
  let [steps, depth, isExhaustive] = [0, 0, true];
  const result = (violation: Explored['violation']) => ({
    states: seen.size,
    steps,
    depth,
    isExhaustive: isExhaustive && violation === null,
    violation,
  });
  while (level.length > 0) {
    const next: typeof level = [];
    for (const { world, node } of level) {
      let label = '';
      try {
        for (const step of await stepsFrom(world, inBound)) {
          steps += 1;
          label = step.label;
          const key = keyOf(step.world);
          if (seen.has(key)) continue;
          if (seen.size >= bound.states) {
            isExhaustive = false;
            continue;
          }
          seen.add(key);
          checkWorld(step.world);
          for (const endTasks of [true, false]) await settle(step.world, endTasks, settled[endTasks ? 0 : 1], inBound);
          if (step.world.lease.fence > bound.fences) continue;
          next.push({ world: step.world, node: { label, parent: node } });
        }
      } catch (error) {
        if (!(error instanceof Violation)) throw error;
        return result({ what: error.message, way: [...wayTo(node), (error as { label?: string }).label ?? label] });
      }
    }
    if (next.length > 0) depth += 1;
    level = next;
  }
  return result(null);
}

/** @throws Violation if the timers alone do not lead to closed and idle with every request answered. */
async function settle(from: World, endTasks: boolean, settled: Set<string>, inBound: LeaseSettings): Promise<void> {
  const way: string[] = [];
  let world: World = { ...from, paused: null };
  for (let fire = 0; fire < FIRINGS; fire += 1) {
    const key = keyOf(world);
    if (settled.has(key)) break;
    way.push(key);
    const next = await ringAlone(world, inBound, endTasks);
    if (!next) {
      if (!isIdle(world)) throw new Violation('no schedule fires any more, and the lease is not closed and idle');
      break;
    }
    checkWorld(next);
    world = next;
    if (fire === FIRINGS - 1) throw new Violation(`the timers alone do not close the lease: ${world.lease.phase}`);
  }
  for (const key of way) settled.add(key);
}

function wayTo(node: Node): string[] {
  const way: string[] = [];
  for (let at: Node | null = node; at?.parent; at = at.parent) way.unshift(at.label);
  return way;
}
