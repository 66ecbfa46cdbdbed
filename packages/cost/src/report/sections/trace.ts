/** All that is said about one trace, and the data that its charts are drawn from. */

import { count } from '../../count.ts';
import { alternativePrices } from '../../prices-alternatives.ts';
import { functionPrices } from '../../prices-functions.ts';
import type { PolicyName } from '../../simulation.ts';
import { type Alternative, priceAlternatives } from '../alternatives.ts';
import { rowOf, type TraceFigures, usdRange } from '../figures.ts';
import {
  formatCount,
  formatDay,
  formatExcess,
  formatRange,
  formatSeconds,
  formatShare,
  formatTenth,
  formatUsd,
} from '../format.ts';
import { type Html, html, jsonForScript } from '../html.ts';
import { pageTrace } from '../page-data.ts';
import { policyLabels, type ReportData, readingLabels } from '../report-data.ts';
import { renderAlternatives } from './alternatives.ts';
import { renderChanges } from './changes.ts';
import { renderCosts } from './costs.ts';
import { renderTimeline } from './timeline.ts';
import { renderWaits } from './waits.ts';

export function renderTrace(
  report: ReportData,
  figures: TraceFigures,
  order: readonly PolicyName[],
  index: number,
  oneOfMany: boolean,
): Html {
  const id = `trace-${index}`;
  const alternatives = alternativesOf(report, figures);
  const title = html`<h2 id="${id}">${oneOfMany ? figures.trace : html`In short: ${figures.trace}`}</h2>`;
  return html`<article class="trace" aria-labelledby="${id}" data-trace="${index}">
${title}
<p>${formatCount(figures.requests)} ${figures.requests === 1 ? 'push' : 'pushes'}, ${formatDay(figures.firstMs)} to ${formatDay(figures.lastMs)}: ${formatTenth(figures.requests / figures.months)} a month.</p>
${renderKeyFigures(figures)}
${renderCosts(figures, order, index)}
${figures.readings.length > 1 ? renderReadingChoice(figures, index) : undefined}
${renderTimeline(figures, order, index)}
${renderWaits(figures, order, index)}
${renderChanges(report, figures, index)}
${renderAlternatives(alternatives, report.region, index)}
<script type="application/json" class="trace-data">${jsonForScript(pageTrace(figures, order, alternatives))}</script>
</article>`;
}

function renderKeyFigures(figures: TraceFigures): Html {
  const range = usdRange(figures, figures.subject);
  const rows = figures.readings.flatMap((reading) => rowOf(figures, figures.subject, reading) ?? []);
  const ratio = Math.max(...rows.map((row) => row.ratioToOptimum));
  const p50 = Math.max(...rows.map((row) => row.waitSeconds.p50));
  const p95 = Math.max(...rows.map((row) => row.waitSeconds.p95));
  const cut = rows.reduce((sum, row) => sum + row.deletedUnderTask, 0);
  return html`<dl class="keys">
<div class="own"><dt>${policyLabels[figures.subject]}</dt><dd>${formatRange(range)}<small>a month for endpoints</small></dd></div>
<div><dt>Saved in a year</dt><dd>${formatUsd(Math.max(0, figures.alwaysOnUsd - range.most) * 12)}<small>${formatShare(Math.max(0, 1 - range.most / figures.alwaysOnUsd))} of always on</small></dd></div>
<div><dt>Above the optimum</dt><dd>${formatExcess(ratio)}<small>what one pays who knows the future</small></dd></div>
<div><dt>Usual wait</dt><dd>${formatSeconds(p50)}<small>19 of 20 within ${formatSeconds(p95)}</small></dd></div>
<div><dt>Tasks cut short</dt><dd>${formatCount(cut)}<small>by a deletion of endpoints</small></dd></div>
</dl>`;
}

function renderReadingChoice(figures: TraceFigures, index: number): Html {
  return html`<fieldset class="readings scripted"><legend>AWS bills a started endpoint hour as a whole one, and does not say from when hours are counted. Show the timeline and the waits for</legend>
${figures.readings.map((reading, at) => html`<label><input type="radio" name="reading-${index}" value="${reading}"${at === 0 ? html` checked` : undefined}> ${readingLabels[reading]}</label>`)}
</fieldset>`;
}

function alternativesOf(report: ReportData, figures: TraceFigures): (Alternative & { own: boolean })[] {
  const prices = alternativePrices(report.region, report.alternativePrices);
  if (!prices) return [];
  const { most } = usdRange(figures, figures.subject);
  const listed = priceAlternatives(
    {
      endpoints: report.endpoints,
      zones: report.zones,
      endpointHour: {
        usd: report.price.usdPerEndpointHour,
        per: 'hour',
        sourceUrl: report.price.sourceUrl,
        asOf: report.price.asOf,
      },
      requestsPerMonth: figures.requests / figures.months,
      taskSeconds: report.taskSeconds,
      gbPerMonth: report.gbPerMonth ?? 0,
    },
    prices,
    functionPrices(report.region),
  ).map((alternative) => ({ ...alternative, own: false }));
  const own = {
    name: policyLabels[figures.subject],
    usdPerMonth: most + (report.gbPerMonth ?? 0) * prices.endpointGb.usd,
    reckoning: `${count(report.endpoints, 'endpoint')} in ${count(report.zones, 'Zone')}, leased; the dearer reading of the bill`,
    but: 'A task waits for its endpoints. The subnet stays sealed and nothing is left running.',
    prices: [
      {
        usd: report.price.usdPerEndpointHour,
        per: 'hour' as const,
        sourceUrl: report.price.sourceUrl,
        asOf: report.price.asOf,
      },
    ],
    own: true,
  };
  return [...listed, own].sort((one, other) => (other.usdPerMonth ?? -1) - (one.usdPerMonth ?? -1));
}
