/** One run of a scenario in which handlers die at chosen calls of theirs, and what must hold at its end. */
import { createSimulatedWorld, type SimulatedWorld } from '../simulation/world.ts';
import type { Scenario } from './scenarios.ts';

/** A handler dies before or after the `call`-th call that handlers make in this run, counted from 1 over all of them. */
export interface Point {
  call: number;
  dies: 'before' | 'after';
}

/** Deployments without and with the direct carrier. */
export interface Assemblies {
  fargate: string;
  direct: string;
}

export interface Run {
  /** Every call of every handler, in order: `runner: dynamodb.TransactWriteItems`. */
  calls: string[];
  /** Of each call, the invocation that makes it; null from the first call on that it makes while another one is under way. */
  alone: (string | null)[];
  /** Whether the handlers died as planned. */
  deaths: number;
  violations: string[];
}

export async function runWith(points: readonly Point[], scenario: Scenario, assemblies: Assemblies): Promise<Run> {
  const { behaviour, direct } = scenario;
  const world = await createSimulatedWorld({
    assembly: direct ? assemblies.direct : assemblies.fargate,
    seed: 1,
    behave: () => behaviour,
    ...(direct && { carriers: 'direct', fates: direct() }),
  });
  const calls: string[] = [];
  const alone: Run['alone'] = [];
  const underWay = new Map<number, string>();
  const parallel = new Set<string>();
  let deaths = 0;
  try {
    world.cloud.setFaults(({ invoker, service, operation, input }) => {
      if (!invoker) return undefined;
      calls.push(`${invoker.functionName.replace(/^hourglass-test-/, '')}: ${service}.${operation}`);
      const index = calls.length - 1;
      const invocation = `${invoker.requestId}/${invoker.attempt}`;
      if (underWay.size > 0) for (const other of [...underWay.values(), invocation]) parallel.add(other);
      for (const other of underWay.keys()) alone[other] = null;
      alone.push(parallel.has(invocation) ? null : invocation);
      underWay.set(index, invocation);
      const instead = async (run: (input: Record<string, unknown>) => unknown) => {
        try {
          return await run(input);
        } finally {
          underWay.delete(index);
        }
      };
      const point = points.find(({ call }) => call === calls.length);
      if (!point) return { instead };
      deaths += 1;
      if (point.dies === 'before') underWay.delete(index);
      return { die: point.dies, instead };
    });
    await scenario.play(world);
    await world.settle();
    const reported = world.observer.violations.map(({ invariant, message }) => `invariant ${invariant}: ${message}`);
    return { calls, alone, deaths, violations: [...reported, ...checkEnd(world, scenario)] };
  } finally {
    await world.close();
  }
}

function checkEnd({ cloud, sources }: SimulatedWorld, { ends }: Scenario): string[] {
  const failed = cloud.queues.all().find(({ name }) => name === 'hourglass-test-failed-mirrors');
  const announced = new Set(
    (failed?.peek() ?? []).map(({ body }) => (JSON.parse(body) as { taskKey: string }).taskKey),
  );
  return sources.keys().flatMap((taskKey) => {
    const { head, mirrored } = sources.of(taskKey);
    if (ends === 'succeeded' && (mirrored !== head || announced.has(taskKey))) {
      return [`${taskKey} did not end as succeeded: pushed ${head}, mirrored ${mirrored}`];
    }
    return ends === 'dead' && !announced.has(taskKey) ? [`${taskKey} is in no failed-mirrors queue`] : [];
  });
}

export function pointsOf(calls: readonly string[], afterCall = 0): Point[] {
  const numbers = calls.map((_, index) => index + 1).filter((call) => call > afterCall);
  return numbers.flatMap((call): Point[] => [
    { call, dies: 'before' },
    { call, dies: 'after' },
  ]);
}

/** A call that leaves everything as it was. */
const READS = /\.(BatchGet|Describe|Get|List|Query)/;

/**
 * The points after a call; those of one list lead to one and the same world. As time stands still while code runs, it is all one whether a handler
 * dies after a call or before the next one, if nothing else goes on meanwhile, and whether before or after a read.
 */
export function alikeOf({ calls, alone }: Pick<Run, 'calls' | 'alone'>, afterCall = 0): Point[][] {
  const groups: Point[][] = [];
  for (const point of pointsOf(calls, afterCall)) {
    const index = point.call - 1;
    const isAlike =
      alone[index] !== null &&
      (point.dies === 'after' ? READS.test(calls[index] ?? '') : alone[index] === alone[index - 1]);
    const last = groups.at(-1);
    if (last && isAlike) last.push(point);
    else groups.push([point]);
  }
  return groups;
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
