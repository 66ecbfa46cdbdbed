/**
 * A report to draw in tests: a year of pushes in bursts, and leases of a plain rule for each policy. What they cost is reckoned as the
 * bill would, so the page's figures hang together; how good the policies are is tested elsewhere.
 */
import { type BillingClock, paidHours } from '@hourglass/lease';
import type { LeaseSpan, PolicyName, SimulationDetail, SimulationRow } from '../simulation.ts';
import { type ReportData, readings } from './report-data.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const CREATE_MS = 150_000;
const TAIL_MS = 5 * MINUTE_MS;

/** How long each policy keeps the endpoints after a push, and by how much it may put them off. */
const rules: readonly { policy: PolicyName; keepMs: number; patient: boolean }[] = [
  { policy: 'per-task', keepMs: 0, patient: false },
  { policy: 'poll-30', keepMs: 30 * MINUTE_MS, patient: false },
  { policy: 'hourglass-default', keepMs: 30 * MINUTE_MS, patient: true },
  { policy: 'hourglass', keepMs: 38 * MINUTE_MS, patient: true },
  { policy: 'optimum', keepMs: 42 * MINUTE_MS, patient: true },
];

/** `perDay` on average, most of them on working days, in bursts; the same seed gives the same pushes. */
export function burstyPushes(days: number, perDay: number, seed = 1): number[] {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const startMs = Date.UTC(2025, 0, 6);
  const pushes: number[] = [];
  for (let day = 0; day < days; day += 1) {
    const bursts = Math.round(random() * perDay * (day % 7 < 5 ? 0.8 : 0.1));
    for (let burst = 0; burst < bursts; burst += 1) {
      const atMs = startMs + day * 24 * HOUR_MS + Math.floor((1 + random() * 10) * 3600) * 1000;
      for (let push = 0; push <= random() * 3; push += 1) {
        pushes.push(atMs + Math.floor(push * random() * 1500) * 1000);
      }
    }
  }
  return pushes.sort((one, other) => one - other);
}

export function exampleReport(options: { trace?: string; pushes?: readonly number[] } = {}): ReportData {
  const pushes = options.pushes ?? burstyPushes(365, 3);
  const trace = options.trace ?? 'pallets-org.txt';
  const shown = 900;
  const simulated = [0, 300, 900, 1800, 3600].flatMap((delay) => simulateAll(trace, pushes, delay));
  return {
    generatedAtMs: Date.UTC(2026, 0, 6),
    region: 'ap-northeast-1',
    endpoints: 5,
    zones: 1,
    price: { usdPerEndpointHour: 0.014, sourceUrl: 'https://aws.amazon.com/privatelink/pricing/', asOf: '2025-06-01' },
    maxDelaySeconds: shown,
    createSeconds: 150,
    deleteSeconds: 120,
    teardownLeadSeconds: 180,
    taskSeconds: 90,
    taskSource: 'lognormal, median 90 s, seed 1',
    rows: simulated.map(({ row }) => row),
    details: simulated.map(({ detail }) => detail).filter((detail) => detail.maxDelaySeconds === shown),
  };
}

interface Simulated {
  row: SimulationRow;
  detail: SimulationDetail;
}

function simulateAll(trace: string, pushes: readonly number[], maxDelaySeconds: number): Simulated[] {
  return readings.flatMap((billing) => {
    const leased = rules.map((rule) => simulateOne(trace, pushes, maxDelaySeconds, billing, rule));
    const optimum = leased.at(-1)?.row.paidHours ?? 1;
    const [firstMs = 0] = pushes;
    const always = { openedAtMs: firstMs, closedAtMs: (pushes.at(-1) ?? firstMs) + HOUR_MS };
    const lease: LeaseSpan = { ...always, paidHours: paidHours(billing, always.openedAtMs, always.closedAtMs) };
    const waits = pushes.map(() => 0);
    return [answer(trace, 'always-on', billing, maxDelaySeconds, pushes, [lease], waits), ...leased].map((one) => ({
      ...one,
      row: { ...one.row, ratioToOptimum: one.row.paidHours / optimum },
    }));
  });
}

function simulateOne(
  trace: string,
  pushes: readonly number[],
  maxDelaySeconds: number,
  billing: BillingClock,
  { policy, keepMs, patient }: (typeof rules)[number],
): Simulated {
  const leases: LeaseSpan[] = [];
  const waits: number[] = [];
  for (const push of pushes) {
    const last = leases.at(-1);
    if (last && push < last.closedAtMs) {
      const readyMs = last.openedAtMs + CREATE_MS;
      waits.push(Math.max(0, readyMs - push) / 1000);
      last.closedAtMs = Math.max(last.closedAtMs, Math.max(push, readyMs) + keepMs + TAIL_MS);
    } else {
      const openedAtMs = push + (patient ? Math.max(0, maxDelaySeconds * 1000 - CREATE_MS) : 0);
      waits.push((openedAtMs + CREATE_MS - push) / 1000);
      leases.push({ openedAtMs, closedAtMs: openedAtMs + CREATE_MS + keepMs + TAIL_MS, paidHours: 0 });
    }
  }
  for (const lease of leases) lease.paidHours = paidHours(billing, lease.openedAtMs, lease.closedAtMs);
  return answer(trace, policy, billing, maxDelaySeconds, pushes, leases, waits);
}

function answer(
  trace: string,
  policy: PolicyName,
  billing: BillingClock,
  maxDelaySeconds: number,
  pushes: readonly number[],
  leases: LeaseSpan[],
  waits: number[],
): Simulated {
  const hours = leases.reduce((sum, lease) => sum + lease.paidHours, 0);
  const months = Math.max(HOUR_MS, (pushes.at(-1) ?? 0) - (pushes[0] ?? 0)) / (730 * HOUR_MS);
  const sorted = waits.toSorted((one, other) => one - other);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return {
    row: {
      trace,
      policy,
      billing,
      maxDelaySeconds,
      requests: pushes.length,
      leases: leases.length,
      paidHours: hours,
      paidEndpointHours: hours * 5,
      usdPerMonth: (hours * 5 * 0.014) / months,
      ratioToOptimum: 1,
      waitSeconds: { p50: at(0.5), p95: at(0.95), max: at(1) },
      deletedUnderTask: 0,
    },
    detail: { trace, policy, billing, maxDelaySeconds, leases, pushes: [...pushes], waits },
  };
}
