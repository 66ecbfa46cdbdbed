/** What would change the bill: more patience, or fewer endpoints. */
import { count } from '../../count.ts';
import { delayPoints, type TraceFigures, usdRange } from '../figures.ts';
import { formatRange, formatSeconds, formatUsd } from '../format.ts';
import { type Html, html } from '../html.ts';
import { policyLabels, type ReportData, readingLabels } from '../report-data.ts';

/** Ways to do with fewer, each in one line. */
const savers: readonly { endpoint: string; how: string }[] = [
  {
    endpoint: 'secretsmanager',
    how: 'Keep the git credentials as an encrypted S3 object: the S3 gateway endpoint is free.',
  },
  { endpoint: 'logs', how: 'Run tasks without a log driver and write logs to S3; what a failing start says is lost.' },
  {
    endpoint: 'a second Zone',
    how: 'One Zone is enough for work that is tried again; every endpoint is paid for in each Zone.',
  },
];

export function renderChanges(report: ReportData, figures: TraceFigures, index: number): Html {
  const id = `changes-${index}`;
  return html`<section aria-labelledby="${id}"><h3 id="${id}">What would change the bill</h3>
<div class="halves">${renderDelays(report, figures)}${renderEndpoints(report, figures)}</div>
</section>`;
}

function renderDelays(report: ReportData, figures: TraceFigures): Html {
  const points = delayPoints(figures);
  const delays = [...new Set(points.map((point) => point.maxDelaySeconds))];
  if (delays.length < 2) {
    return html`<div><h4>More patience</h4><p>Only one delay was simulated, so there is nothing to compare it with.</p></div>`;
  }
  const now = new Map(
    points.filter((point) => point.maxDelaySeconds === report.maxDelaySeconds).map((point) => [point.billing, point]),
  );
  return html`<div><h4>More patience</h4>
<p>${policyLabels[figures.subject]}, by how much later than asked a task may start (<code>maxDelay</code>). ${verdict(report, figures)}</p>
<figure><div class="chart" data-chart="delays" role="img" aria-label="Lines: US dollars a month by maxDelay and reading of the bill. The table below has the same figures."></div></figure>
<details><summary>The delays as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="Cost by delay"><table>
<caption>Against today’s ${formatSeconds(report.maxDelaySeconds)}</caption>
<thead><tr><th scope="col">maxDelay</th><th scope="col">Bill counts</th><th scope="col" class="number">A month</th><th scope="col" class="number">Saved</th><th scope="col" class="number">Half wait</th><th scope="col" class="number">19 of 20 wait</th></tr></thead>
<tbody>${points.map((point) => html`<tr${point.maxDelaySeconds === report.maxDelaySeconds ? html` class="chosen"` : undefined}><th scope="row">${formatSeconds(point.maxDelaySeconds)}</th><td>${readingLabels[point.billing]}</td><td class="number">${formatUsd(point.usdPerMonth)}</td><td class="number">${formatChange((now.get(point.billing)?.usdPerMonth ?? point.usdPerMonth) - point.usdPerMonth)}</td><td class="number">≤ ${formatSeconds(point.p50)}</td><td class="number">≤ ${formatSeconds(point.p95)}</td></tr>`)}</tbody></table></div></details></div>`;
}

/** Says in words whether waiting longer is worth it here. */
function verdict(report: ReportData, figures: TraceFigures): string {
  const points = delayPoints(figures);
  const dearest = (delay: number) =>
    Math.max(...points.filter((point) => point.maxDelaySeconds === delay).map((point) => point.usdPerMonth));
  const longer = points.map((point) => point.maxDelaySeconds).filter((delay) => delay > report.maxDelaySeconds);
  if (longer.length === 0) return '';
  const today = dearest(report.maxDelaySeconds);
  const best = longer.reduce((one, other) => (dearest(other) < dearest(one) ? other : one));
  const saved = today - dearest(best);
  if (saved < 0.005) return 'Waiting longer would buy nothing here.';
  return `Waiting up to ${formatSeconds(best)} would save ${formatUsd(saved)} a month.`;
}

function renderEndpoints(report: ReportData, figures: TraceFigures): Html {
  const { least, most } = usdRange(figures, figures.subject);
  const counts = Array.from({ length: report.endpoints }, (_, at) => report.endpoints - at);
  return html`<div><h4>Fewer endpoints</h4>
<p>The bill is in proportion to their number: each one less saves ${formatRange({ least: least / report.endpoints, most: most / report.endpoints }, ' to ')} a month leased, and would save ${formatUsd(figures.alwaysOnUsd / report.endpoints)} always on.</p>
<table class="bars"><caption>${policyLabels[figures.subject]}, by number of endpoints in ${count(report.zones, 'Zone')}</caption>
<thead><tr><th scope="col" class="number">Endpoints</th><th scope="col">A month</th><th scope="col" class="number">Saved</th></tr></thead>
<tbody>${counts.map((many) => html`<tr><th scope="row" class="number">${many}</th><td><span class="bar" style="inline-size:${((60 * many) / report.endpoints).toFixed(1)}%" aria-hidden="true"></span> ${formatRange(scale(many / report.endpoints))}</td><td class="number">${formatChange(most * (1 - many / report.endpoints))}</td></tr>`)}</tbody></table>
<dl class="savers">${savers.map(({ endpoint, how }) => html`<div><dt>${endpoint}</dt><dd>${how}</dd></div>`)}</dl></div>`;

  function scale(part: number) {
    return { least: least * part, most: most * part };
  }
}

function formatChange(saved: number): string {
  if (Math.abs(saved) < 0.005) return '–';
  return saved > 0 ? formatUsd(saved) : `−${formatUsd(-saved)}`;
}
