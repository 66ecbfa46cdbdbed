/**
 * What the page's scripts share. They are classic scripts, put into the page one after the other; each adds its part to `hourglass`.
 */
import type * as Echarts from 'echarts';
import type { PageLane as Lane, PageTrace as Trace } from '../page-data.ts';

declare global {
  type PageTrace = Trace;
  type PageLane = Lane;
  type Chart = Echarts.ECharts;
  type ChartOption = Echarts.EChartsCoreOption;

  interface Palette {
    /** Named, since labels are measured before they are drawn. */
    readonly font: string;
    readonly text: string;
    readonly muted: string;
    readonly line: string;
    readonly surface: string;
    readonly own: string;
    readonly readings: Readonly<Record<string, string>>;
    readonly policies: Readonly<Record<string, string>>;
    readonly other: string;
    readonly narrow: boolean;
  }

  /** Segments for a line that is broken by nulls. */
  type Segments = [number | null, number | null][];

  interface LaneTimes {
    readonly starts: Float64Array;
    readonly ends: Float64Array;
  }

  /** What the timeline could show, and what it shows. Epoch milliseconds. */
  interface TimeWindow {
    readonly firstMs: number;
    readonly lastMs: number;
    readonly shortestMs: number;
    fromMs: number;
    toMs: number;
  }

  interface ChartPart {
    /** Draws again with the palette, the reading and the switches of now. */
    draw(): void;
    readonly chart: Chart;
  }

  interface TraceView {
    readonly article: HTMLElement;
    readonly data: PageTrace;
    reading: string;
  }

  interface HourglassPage {
    readPalette(): Palette;
    formatUsd(usd: number): string;
    formatSeconds(seconds: number): string;
    formatSpan(fromSeconds: number, toSeconds: number): string;
    formatShare(part: number): string;
    /** What every chart has in common. */
    baseOption(palette: Palette): ChartOption;
    openChart(view: TraceView, name: string, height: number): Chart | undefined;
    costBars(view: TraceView): ChartPart | undefined;
    alternativeBars(view: TraceView): ChartPart | undefined;
    laneTimes(steps: readonly number[]): LaneTimes;
    paidTimes(lane: PageLane, times: LaneTimes): LaneTimes;
    pushTimes(steps: readonly number[]): LaneTimes;
    visibleSegments(
      times: LaneTimes,
      row: number,
      fromMs: number,
      toMs: number,
      pixels: number,
      leastPixels: number,
    ): Segments;
    /** Pixels that the names of the lanes take. */
    timelineLeft(palette: Palette): number;
    timelineFrame(palette: Palette, time: TimeWindow, names: readonly string[]): ChartOption;
    timelineControls(view: TraceView, chart: Chart, time: TimeWindow, pushes: Float64Array, redraw: () => void): void;
    timeline(view: TraceView): ChartPart | undefined;
    waitBars(view: TraceView): ChartPart | undefined;
    delayLines(view: TraceView): ChartPart | undefined;
  }

  var hourglass: HourglassPage;
  var echarts: typeof Echarts;
}
