/** The ledger of a deployment, from its own table: what each opening left when it closed, and the runs that the history names it for. */
import { taskKeyOf } from '@hourglass/lease';
import { type Ending, readEndedLeases, readTimeline } from '@hourglass/lease-dynamodb';
import type { OperatorClients } from '../clients.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { quantile } from '../quantile.ts';
import { readLeaseStates } from '../status/read-status.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { hoursOf, type Ledger, type LedgerEntry, type LedgerRun } from './ledger.ts';

export interface LedgerQuery {
  /** Openings that ended from then on, and began before then; epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null: not known. */
  readonly account: string | null;
  /** Openings of which the runs would be more than so many are left out, the oldest first. Default: all are read. */
  readonly maxRuns?: number;
}

/** More openings than three months have hours. */
const MAX_OPENINGS = 3_000;
const PAGE = 500;
const DAY_MS = 86_400_000;
/** Fargate bills a minute at least: https://aws.amazon.com/fargate/pricing/ */
const LEAST_TASK_SECONDS = 60;

/** The account that these credentials belong to. */
export async function readAccount(clients: OperatorClients): Promise<string | null> {
  const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const { Account = null } = await (await clients.sts()).send(new GetCallerIdentityCommand({}));
  return Account;
}

/**
 * The history is kept for 90 days: of older openings no runs are known. Endpoints and Zones are those that the deployment has now.
 */
export async function readLedger(
  deployment: Deployment,
  { fromMs, toMs, account, maxRuns = Number.POSITIVE_INFINITY }: LedgerQuery,
): Promise<Ledger> {
  const { clients, description, name, region } = deployment;
  const document = await clients.dynamoDb();
  const query = { sinceMs: fromMs, limit: MAX_OPENINGS };
  const [ended, { runs, sinceMs }, [{ lease }]] = await Promise.all([
    readEndedLeases(document, description.table, name, query),
    readRuns(deployment, fromMs, maxRuns),
    readLeaseStates(deployment),
  ]);
  const endpoints = description.endpointServices.length;
  const zones = description.endpointZones;
  const entries = ended
    .filter(({ openedAtMs, closedAtMs }) => (openedAtMs ?? closedAtMs) < toMs && (openedAtMs ?? closedAtMs) >= sinceMs)
    .map(({ fence, openedAtMs, closedAtMs, failed }): LedgerEntry => {
      const of = runs.get(fence);
      return {
        fence,
        createdAt: isoTimeOrNull(openedAtMs),
        deletedAt: isoTime(closedAtMs),
        failed,
        ...createSecondsOf(openedAtMs, of),
        endpoints,
        zones,
        hours: hoursOf({ openedAtMs, closedAtMs, endpoints, zones }),
        requests: of?.requests.size ?? 0,
        fargateSeconds: of === undefined ? 0 : fargateSeconds(of),
        runs: of === undefined ? [] : [...of.runs.values()],
      };
    })
    .reverse();
  const { billing, teardownLeadSeconds } = description.settings;
  const { maxDelaySeconds } = description;
  const creations = entries.flatMap(({ createSeconds }) => createSeconds ?? []);
  const times = {
    create: quantile(creations, 0.5),
    delete: lease.deletion ? Math.round(lease.deletion.usualMs / 1000) : null,
  };
  const configured = { billing, maxDelaySeconds, teardownLeadSeconds };
  return { version: 1, deployment: name, region, account, ...configured, times, entries };
}

/** By the opening that carried them; and from when on all are known. What died has run too. */
async function readRuns(
  { clients, description, name }: Deployment,
  fromMs: number,
  maxRuns: number,
): Promise<{ runs: Map<number, RunsOfFence>; sinceMs: number }> {
  const document = await clients.dynamoDb();
  const runs = new Map<number, RunsOfFence>();
  let sinceMs = 0;
  for (const which of ['failed', 'ended'] as const) {
    let read = 0;
    for (let beforeMs: number | undefined; ; ) {
      // An opening that ended at the very beginning has runs from before it.
      const query = { sinceMs: Math.max(0, fromMs - DAY_MS), beforeMs, limit: PAGE };
      const page = await readTimeline(document, description.table, name, which, query);
      for (const item of page) if (item.kind === 'ending') noteRuns(runs, item.ending);
      const last = page.at(-1)?.atMs;
      if (page.length < PAGE || last === undefined) break;
      read += page.length;
      if (read >= maxRuns) {
        sinceMs = Math.max(sinceMs, last);
        break;
      }
      // Entries of that very millisecond are read again, and counted once: a try has one token.
      beforeMs = page.every(({ atMs }) => atMs === last) ? last : last + 1;
    }
  }
  return { runs, sinceMs };
}

function createSecondsOf(openedAtMs: number | null, of: RunsOfFence | undefined): { createSeconds?: number } {
  if (openedAtMs === null || of === undefined || of.firstClaimMs < openedAtMs) return {};
  return { createSeconds: Math.round((of.firstClaimMs - openedAtMs) / 1000) };
}

interface RunsOfFence {
  firstClaimMs: number;
  readonly requests: Set<string>;
  readonly runs: Map<string, LedgerRun>;
  /** From when to when each Fargate task is known to have run. */
  readonly tasks: Map<string, { fromMs: number; toMs: number }>;
}

function noteRuns(byFence: Map<number, RunsOfFence>, { request, tries = [] }: Ending): void {
  const last = tries.at(-1);
  for (const one of tries) {
    const of = byFence.get(one.fence) ?? {
      firstClaimMs: one.claimedAtMs,
      requests: new Set(),
      runs: new Map(),
      tasks: new Map(),
    };
    byFence.set(one.fence, of);
    of.firstClaimMs = Math.min(of.firstClaimMs, one.claimedAtMs);
    const fromMs = one.startedAtMs ?? one.claimedAtMs;
    const { task, acceptedAtMs, requestId } = request;
    const seconds = Math.max(0, (one.finishedAtMs - fromMs) / 1000);
    of.runs.set(one.token, { task: taskKeyOf(task), acceptedAt: isoTime(acceptedAtMs), seconds });
    if (one === last) of.requests.add(requestId);
    // Attempts of one batch share a task.
    const key = one.taskArn ?? one.token;
    const span = of.tasks.get(key) ?? { fromMs, toMs: fromMs };
    of.tasks.set(key, { fromMs: Math.min(span.fromMs, fromMs), toMs: Math.max(span.toMs, one.finishedAtMs) });
  }
}

function fargateSeconds({ tasks }: RunsOfFence): number {
  return [...tasks.values()].reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(LEAST_TASK_SECONDS, Math.round((toMs - fromMs) / 1000)),
    0,
  );
}
