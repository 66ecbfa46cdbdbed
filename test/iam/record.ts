/**
 * What the deployment really asks of IAM: every scenario below runs in the simulated AWS, and each call of a role, or of a client, is kept
 * with the permissions that it demanded.
 */
import type { Trace } from '@hourglass/cloud';
import { type Deployment, deploy } from '../scenarios/deployment.ts';
import { type Scenario, scenarios } from './scenarios.ts';

export type ApiTrace = Extract<Trace, { kind: 'api' }>;

export interface Recording {
  /** Calls of roles and users, each different one once. */
  calls: ApiTrace[];
  /** Calls that IAM refused, in any scenario. */
  denied: ApiTrace[];
  /** What a scenario did not show that it is there to show. */
  failures: string[];
}

export async function recordScenarios(): Promise<Recording> {
  const calls = new Map<string, ApiTrace>();
  const denied: ApiTrace[] = [];
  const failures: string[] = [];
  for (const [name, scenario] of Object.entries(scenarios)) {
    try {
      for (const trace of await runScenario(scenario)) {
        const { caller, service, demands } = trace;
        if (caller.kind !== 'role' && caller.kind !== 'user') continue;
        if (/AccessDenied|not authorized/i.test(`${trace.outcome} ${trace.message}`)) denied.push(trace);
        else calls.set(JSON.stringify([roleOf(trace), service, demands.map(withoutIds)]), trace);
      }
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { calls: [...calls.values()], denied, failures };
}

async function runScenario({ options, run }: Scenario): Promise<ApiTrace[]> {
  let world: Deployment | undefined;
  try {
    world = await deploy(options?.(() => world as Deployment) ?? {});
    await run(world);
    return world.traces.filter((trace) => trace.kind === 'api');
  } finally {
    await world?.close();
  }
}

export function roleOf({ caller }: ApiTrace): string {
  return caller.kind === 'role' ? caller.roleArn : caller.arn;
}

/** One call of a kind is enough: what differs by a token, a time or a number only is one and the same to a policy. */
function withoutIds({ action, resources, conditions }: ApiTrace['demands'][number]): unknown {
  const shape = (value: unknown) =>
    JSON.stringify(value ?? null).replaceAll(/[0-9a-f]{8,}|(?<=test-)\d[0-9a-z-]*/g, '…');
  return [action, shape(resources), shape(conditions)];
}
