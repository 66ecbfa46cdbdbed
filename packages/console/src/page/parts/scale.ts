/** Time to pixels, and where a reader wants marks. */
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const STEPS = [
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

export interface Scale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly width: number;
}

/** A tenth of a pixel is fine enough; what lies outside is drawn at the edge. */
export function x({ fromMs, toMs, width }: Scale, atMs: number): number {
  const part = (atMs - fromMs) / (toMs - fromMs);
  return Math.round(Math.min(1, Math.max(0, part)) * width * 10) / 10;
}

export const timeAt = ({ fromMs, toMs, width }: Scale, pixel: number): number =>
  fromMs + (Math.min(width, Math.max(0, pixel)) / width) * (toMs - fromMs);

/** Full hours or days of this browser's zone, at least `apart` pixels from each other. */
export function marksOf({ fromMs, toMs, width }: Scale, apart = 72): { marks: number[]; days: boolean } {
  const stepMs = STEPS.find((step) => (step / (toMs - fromMs)) * width >= apart) ?? 7 * DAY;
  const offsetMs = -new Date(fromMs).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const marks: number[] = [];
  for (let atMs = first; atMs < toMs; atMs += stepMs) marks.push(atMs);
  return { marks, days: stepMs >= DAY };
}

export interface Bar {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Each bar in the first of `lanes` that is free; where none is, in the last. */
export function layIn<T extends Bar>(bars: readonly T[], lanes: number): T[][] {
  const laid: T[][] = Array.from({ length: lanes }, () => []);
  const ends = new Array<number>(lanes).fill(Number.NEGATIVE_INFINITY);
  for (const bar of bars) {
    const free = ends.findIndex((end) => end <= bar.fromMs);
    const lane = free === -1 ? lanes - 1 : free;
    laid[lane]?.push(bar);
    ends[lane] = Math.max(ends[lane] ?? 0, bar.toMs);
  }
  return laid.filter((lane, index) => index === 0 || lane.length > 0);
}
