/** The lease as an hourglass: what lies above is what is left of the paid hour. */
import type { Status } from '@hourglass/operations/model';
import { now } from '../state/clock.ts';
import { t } from '../words/words.ts';

const HOUR_MS = 3_600_000;
const GLASS = 'M22 16H98C98 52 65 62 65 80S98 108 98 144H22C22 108 55 98 55 80S22 52 22 16Z';
/** Where sand may lie: above from the rim to the neck, below from the neck to the ground. */
const [RIM, NECK, GROUND] = [22, 80, 144];

/** Of the paid hour, 0 to 1. */
export function leftOf({ paidUntil }: Pick<Status, 'paidUntil'>, nowMs: number): number {
  if (paidUntil === null) return 0;
  return Math.min(1, Math.max(0, (Date.parse(paidUntil) - nowMs) / HOUR_MS));
}

export const minutesLeft = ({ paidUntil }: Pick<Status, 'paidUntil'>, nowMs: number): number | undefined =>
  paidUntil === null ? undefined : Math.max(0, Math.ceil((Date.parse(paidUntil) - nowMs) / 60_000));

export function Hourglass({ status }: { status: Status }) {
  const left = leftOf(status, now.value);
  const minutes = minutesLeft(status, now.value);
  const paid = minutes !== undefined;
  // Sand keeps its volume, roughly: a full upper half is a heap of two thirds below.
  const above = NECK - (NECK - RIM) * Math.sqrt(left);
  const heap = (paid ? 1 - left : 1) * 44;
  const label = paid ? t('hourglass.label', { n: minutes }) : t('hourglass.label.none');
  return (
    <svg class={`hourglass hourglass-${status.phase}`} viewBox="0 0 120 160" role="img" aria-label={label}>
      <defs>
        <clipPath id="glass">
          <path d={GLASS} />
        </clipPath>
      </defs>
      <path class="glass" d={GLASS} />
      <g clip-path="url(#glass)">
        {paid && left > 0 && (
          <path class="sand" d={`M0 ${above - 3}Q60 ${above + 5} 120 ${above - 3}V${NECK + 2}H0Z`} />
        )}
        <path
          class="sand"
          d={`M0 ${GROUND + 2}V${GROUND - heap * 0.45}Q60 ${GROUND - heap * 1.55} 120 ${GROUND - heap * 0.45}V${GROUND + 2}Z`}
        />
        {paid && left > 0 && <path class="stream" d={`M60 ${NECK - 6}V${GROUND - heap}`} />}
      </g>
      <path class="rim" d={GLASS} />
      <path class="cap" d="M14 10H106M14 150H106" />
    </svg>
  );
}
