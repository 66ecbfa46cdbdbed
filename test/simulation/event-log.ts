/** What happened, as lines that a person can follow: virtual time, who, what. */
import type { Trace } from '@hourglass/cloud';
import { runSeed, type Scenario } from './run-seed.ts';

/** Runs the scenario again and lists what happens, up to the violation. @returns at most the last `most` lines */
export async function describeScenario(scenario: Scenario, assembly: string, most = 60): Promise<string[]> {
  const lines: string[] = [];
  const { violations } = await runSeed(scenario, assembly, ({ cloud, observer }) => {
    const add = (who: string, what: string) => {
      if (observer.violations.length === 0) lines.push(`${clockTime(cloud.clock.nowMs())} ${who.padEnd(14)} ${what}`);
    };
    cloud.onTrace((trace) => {
      const [who, what] = describe(trace) ?? [];
      if (who !== undefined && what !== undefined) add(who, what);
    });
    return (kind) => add('FAULT', kind);
  });
  for (const { atMs, invariant, message } of violations.slice(0, 1)) {
    lines.push(`${clockTime(atMs)} VIOLATION      ${invariant}: ${message}`);
  }
  return lines.length > most ? [`… ${lines.length - most} lines before`, ...lines.slice(-most)] : lines;
}

function describe(trace: Trace): [string, string] | undefined {
  switch (trace.kind) {
    case 'event':
      // No rule waits for an accepted request, but what becomes of it is what a violation is about.
      if (trace.matchedRules.length === 0 && trace.detailType !== 'RequestAccepted') return undefined;
      return [trace.source, `${trace.detailType} ${shortDetail(trace.detail)}`];
    case 'invocation-start':
      return [service(trace.functionName), `begins${trace.attempt > 1 ? `, attempt ${trace.attempt}` : ''}`];
    case 'invocation-end':
      return [service(trace.functionName), trace.error ? `${trace.outcome}: ${trace.error.errorMessage}` : 'ends'];
    case 'api': {
      // Reads decide nothing, and the services' own deliveries are listed as invocations.
      if (!trace.principal.includes(':assumed-role/') || /^(Get|Describe|List|Query|BatchGet)/.test(trace.operation)) {
        return undefined;
      }
      const who = service(trace.principal.slice(trace.principal.lastIndexOf('/') + 1));
      return [who, `${trace.operation}${trace.outcome === 'ok' ? '' : `: ${trace.outcome}`}`];
    }
    case 'stack':
      return ['cloudformation', trace.status];
    case 'task':
      return [
        'ecs',
        `${trace.startedBy} ${trace.status}${trace.exitCode === undefined ? '' : `, exit code ${trace.exitCode}`}`,
      ];
    case 'schedule-created':
      return ['scheduler', `${trace.name} for ${clockTime(trace.dueMs)}`];
    case 'schedule-fired':
      return ['scheduler', `${trace.name} fires`];
    case 'message-dead-lettered':
      return ['sqs', `a message rests in ${trace.queue}`];
    default:
      return undefined;
  }
}

function service(name: string): string {
  return name.slice(name.lastIndexOf('-') + 1);
}

function shortDetail(detail: unknown): string {
  const {
    taskKey,
    repository,
    name,
    fence,
    lastStatus,
    startedBy,
    'status-details': status,
    ...rest
  } = detail as Record<string, unknown>;
  const own = [
    taskKey,
    repository,
    name,
    rest.requestId,
    startedBy,
    lastStatus,
    (status as { status?: string })?.status,
  ];
  return [...own, fence === undefined ? undefined : `fence ${fence}`].filter((part) => part !== undefined).join(' ');
}

function clockTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(5, 19).replace('T', ' ');
}
