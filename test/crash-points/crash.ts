/** One run of a scenario in which handlers die at chosen calls of theirs, and what must hold at its end. */
import { createSimulatedWorld, type SimulatedWorld } from '../simulation/world.ts';
import type { Scenario } from './scenarios.ts';

/** A handler dies before or after the `call`-th call that handlers make in this run, counted from 1 over all of them. */
export interface Point {
  call: number;
  dies: 'before' | 'after';
}

export interface Run {
  /** Every call of every handler, in order: `runner: dynamodb.TransactWriteItems`. */
  calls: string[];
  /** Whether the handlers died as planned. */
  deaths: number;
  violations: string[];
}

export async function runWith(points: readonly Point[], scenario: Scenario, assembly: string): Promise<Run> {
  const world = await createSimulatedWorld({ assembly, seed: 1, behave: () => scenario.behaviour });
  const calls: string[] = [];
  let deaths = 0;
  try {
    world.cloud.setFaults(({ invoker, service, operation }) => {
      if (!invoker) return undefined;
      calls.push(`${invoker.functionName.replace(/^hourglass-test-/, '')}: ${service}.${operation}`);
      const point = points.find(({ call }) => call === calls.length);
      if (!point) return undefined;
      deaths += 1;
      return { die: point.dies };
    });
    await scenario.play(world);
    await world.settle();
    const told = world.observer.violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`);
    return { calls, deaths, violations: [...told, ...checkEnd(world, scenario)] };
  } finally {
    await world.close();
  }
}

function checkEnd({ cloud, sources }: SimulatedWorld, { ends }: Scenario): string[] {
  const failed = cloud.queues.all().find(({ name }) => name === 'hourglass-test-failed-mirrors');
  const told = new Set((failed?.peek() ?? []).map(({ body }) => (JSON.parse(body) as { taskKey: string }).taskKey));
  return sources.keys().flatMap((taskKey) => {
    const { head, mirrored } = sources.of(taskKey);
    if (ends === 'succeeded' && (mirrored !== head || told.has(taskKey))) {
      return [`${taskKey} did not end as succeeded: pushed ${head}, mirrored ${mirrored}`];
    }
    return ends === 'dead' && !told.has(taskKey) ? [`${taskKey} is in no failed-mirrors queue`] : [];
  });
}

export function pointsOf(calls: readonly string[], afterCall = 0): Point[] {
  const numbers = calls.map((_, index) => index + 1).filter((call) => call > afterCall);
  return numbers.flatMap((call): Point[] => [
    { call, dies: 'before' },
    { call, dies: 'after' },
  ]);
}

/** `12.before,30.after`, as the command takes it. */
export function formatPoints(points: readonly Point[]): string {
  return points.map(({ call, dies }) => `${call}.${dies}`).join(',');
}

/** @returns undefined if it is no list of points. */
export function parsePoints(text: string): Point[] | undefined {
  const points = text.split(',').map((part) => /^([1-9]\d{0,5})\.(before|after)$/.exec(part));
  if (points.some((match) => match === null)) return undefined;
  return points.map((match) => ({ call: Number(match?.[1]), dies: match?.[2] as Point['dies'] }));
}
