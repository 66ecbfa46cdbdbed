/**
 * The report: one HTML page that needs nothing beside itself and asks the network for nothing. All figures are in its tables too, so
 * it says the same without scripts, on paper and to a screen reader.
 */
import { figuresByTrace } from './figures.ts';
import { formatDay } from './format.ts';
import { Html, html } from './html.ts';
import { readPageAssets } from './page-assets.ts';
import { policyOrder, type ReportData } from './report-data.ts';
import { renderAssumptions } from './sections/assumptions.ts';
import { renderMasthead, renderTraces } from './sections/masthead.ts';
import { renderTrace } from './sections/trace.ts';

/**
 * The whole page as text. The same report gives the same page. Names of traces are shown as they are and run nothing.
 * @throws {RangeError} if there is nothing to report: no row has the report's own `maxDelaySeconds`.
 */
export function renderReport(report: ReportData): string {
  const traces = figuresByTrace(report);
  if (traces.length === 0 || traces.some((figures) => figures.rows.length === 0)) {
    throw new RangeError(`no simulated row has a delay of ${report.maxDelaySeconds} s`);
  }
  const order = policyOrder.filter((policy) => report.rows.some((row) => row.policy === policy));
  const assets = readPageAssets();
  const policy = [
    "default-src 'none'",
    `script-src ${assets.scripts.map((script) => script.source).join(' ')}`,
    "style-src 'unsafe-inline'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Hourglass: what it would cost</title>
<style>${new Html(assets.style)}</style>
</head>
<body>
<a class="skip" href="#report">Skip to the report</a>
${renderMasthead(report, traces)}
<main id="report">
${traces.length > 1 ? renderTraces(traces) : undefined}
${traces.map((figures, index) => renderTrace(report, figures, order, index, traces.length > 1))}
${renderAssumptions(report)}
</main>
<footer><p>Made by <code>hourglass simulate</code> on ${formatDay(report.generatedAtMs)}. All figures are simulated and in US dollars without tax; all times are UTC. Charts: Apache ECharts, Apache License 2.0.</p></footer>
${assets.scripts.map((script) => html`<script>${new Html(script.text)}</script>\n`)}
</body>
</html>
`.text;
}
