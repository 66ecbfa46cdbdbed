/** The report of `hourglass simulate --html`. */
export { renderReport } from './render-report.ts';
export type { ReportData } from './report-data.ts';
