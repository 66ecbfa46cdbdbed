/** A report as `hourglass simulate --html` makes it: a year of pushes through the real simulator. */
import { drawDurations, policyNames, renderReport, simulate } from '@hourglass/cost';

const DAY_MS = 86_400_000;

export interface YearReport {
  readonly page: string;
  readonly pushes: readonly number[];
}

/** The same seed gives the same pushes. @param perDay pushes a day, most of them in working hours. */
export function renderYear({ perDay, trace = 'team.txt' }: { perDay: number; trace?: string }): YearReport {
  const arrivalsMs = drawPushes(perDay);
  const workload = {
    trace,
    arrivalsMs,
    durationsMs: drawDurations(arrivalsMs.length, 90_000, 1),
    createMs: 150_000,
    deleteMs: 120_000,
    billings: ['anchored', 'clock'] as const,
    teardownLeadMs: null,
    endpoints: 5,
    zones: 1,
    usdPerHour: 0.014,
  };
  const chosen = simulate({ ...workload, policies: policyNames, maxDelayMs: 900_000 });
  const others = [0, 3_600_000].map((maxDelayMs) =>
    simulate({ ...workload, policies: ['hourglass-default'], maxDelayMs }),
  );
  const page = renderReport({
    generatedAtMs: Date.UTC(2026, 0, 1),
    region: 'ap-northeast-1',
    endpoints: 5,
    zones: 1,
    price: { usdPerEndpointHour: 0.014, sourceUrl: 'https://aws.amazon.com/privatelink/pricing/', asOf: '2025-06-01' },
    maxDelaySeconds: 900,
    createSeconds: 150,
    deleteSeconds: 120,
    teardownLeadSeconds: null,
    taskSeconds: 90,
    taskSource: 'lognormal, median 90 s, seed 1',
    rows: [chosen, ...others].flatMap(({ rows }) => rows),
    details: chosen.details,
  });
  return { page, pushes: arrivalsMs };
}

function drawPushes(perDay: number): number[] {
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const startMs = Date.UTC(2025, 0, 1);
  const pushes = Array.from({ length: 365 * perDay }, () => {
    const day = Math.floor(random() * 365);
    const hour = random() < 0.8 ? 1 + random() * 9 : random() * 24;
    return startMs + day * DAY_MS + Math.floor(hour * 3600) * 1000;
  });
  return pushes.sort((one, other) => one - other);
}
