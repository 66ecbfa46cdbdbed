/**
 * What the page's scripts draw from, as small as it can be: times are whole seconds, each as the distance from the one before,
 * so that two years of pushes stay a few hundred kilobytes.
 */
import type { BillingClock } from '@hourglass/lease';
import type { PolicyName, SimulationDetail } from '../simulation.ts';
import type { Alternative } from './alternatives.ts';
import { binWaits, delayPoints, type TraceFigures } from './figures.ts';
import { policyLabels, readingLabels } from './report-data.ts';

export interface PageLane {
  readonly policy: PolicyName;
  readonly label: string;
  readonly reading: BillingClock;
  /** Seconds: the gap since the last lease's end, the lease's length; in turns. */
  readonly steps: readonly number[];
  readonly paidHours: readonly number[];
}

export interface PageTrace {
  readonly requests: number;
  readonly readings: readonly { readonly id: BillingClock; readonly label: string }[];
  readonly costs: readonly { policy: PolicyName; label: string; usd: readonly (number | null)[] }[];
  /** Epoch seconds of the first push; then the gaps. */
  readonly pushes: readonly number[];
  readonly lanes: readonly PageLane[];
  readonly waits: readonly { policy: PolicyName; label: string; reading: BillingClock; shares: readonly number[] }[];
  readonly waitEdges: readonly (number | null)[];
  readonly delays: readonly { seconds: number; reading: BillingClock; usd: number; p50: number }[];
  readonly alternatives: readonly { name: string; usd: number; own: boolean }[];
}

export function pageTrace(
  figures: TraceFigures,
  order: readonly PolicyName[],
  alternatives: readonly (Alternative & { own: boolean })[],
): PageTrace {
  const drawn = order.flatMap((policy) =>
    figures.details.filter((detail) => detail.policy === policy && policy !== 'always-on'),
  );
  return {
    requests: figures.requests,
    readings: figures.readings.map((id) => ({ id, label: readingLabels[id] })),
    costs: order.map((policy) => ({
      policy,
      label: policyLabels[policy],
      usd: figures.readings.map(
        (reading) => figures.rows.find((row) => row.policy === policy && row.billing === reading)?.usdPerMonth ?? null,
      ),
    })),
    pushes: steps(figures.pushes),
    lanes: drawn.map(lane),
    waits: drawn.map((detail) => ({
      policy: detail.policy,
      label: policyLabels[detail.policy],
      reading: detail.billing,
      shares: binWaits(detail.waits).map((bin) => Number(bin.share.toFixed(5))),
    })),
    waitEdges: binWaits([]).map((bin) => (Number.isFinite(bin.toSeconds) ? bin.toSeconds : null)),
    delays: delayPoints(figures).map((point) => ({
      seconds: point.maxDelaySeconds,
      reading: point.billing,
      usd: point.usdPerMonth,
      p50: point.p50,
    })),
    alternatives: alternatives.flatMap(({ name, usdPerMonth, own }) =>
      usdPerMonth === null ? [] : [{ name, usd: usdPerMonth, own }],
    ),
  };
}

function lane(detail: SimulationDetail): PageLane {
  return {
    policy: detail.policy,
    label: policyLabels[detail.policy],
    reading: detail.billing,
    steps: steps(detail.leases.flatMap((lease) => [lease.openedAtMs, lease.closedAtMs])),
    paidHours: detail.leases.map((lease) => lease.paidHours),
  };
}

function steps(times: readonly number[]): number[] {
  let last = 0;
  return times.map((ms) => {
    const second = Math.round(ms / 1000);
    const step = second - last;
    last = second;
    return step;
  });
}
