/** The top of the page: what it is about and the one answer that a hurried reader takes away. */
import { count } from '../../count.ts';
import { type TraceFigures, usdRange } from '../figures.ts';
import { formatCount, formatDay, formatPrice, formatRange, formatSeconds, formatShare, formatUsd } from '../format.ts';
import { type Html, html, httpsOnly } from '../html.ts';
import { policyLabels, policyOrder, type ReportData } from '../report-data.ts';

export function renderMasthead(report: ReportData, traces: readonly TraceFigures[]): Html {
  const { endpoints, zones, price } = report;
  return html`<header class="masthead">
<p class="brand"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M5 2h14v3.5c0 3-3 4.8-5 6.5 2 1.7 5 3.5 5 6.5V22H5v-3.5c0-3 3-4.8 5-6.5-2-1.7-5-3.5-5-6.5z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round"/><path d="M8 6.5h8c-.8 1.7-2.6 2.9-4 4.1-1.4-1.2-3.2-2.4-4-4.1zM7.5 20c.5-2.2 2.7-3.3 4.5-4.5 1.8 1.2 4 2.3 4.5 4.5z" fill="currentColor"/></svg> Hourglass <span>cost report</span></p>
<h1>${headline(traces)}</h1>
<p class="lead">${count(endpoints, 'interface endpoint')} in ${count(zones, 'Availability Zone')} of ${report.region}, at <a href="${httpsOnly(price.sourceUrl)}" rel="noreferrer">${formatPrice(price.usdPerEndpointHour)} an hour each</a> (${price.asOf === null ? 'not confirmed against the price list' : `price of ${price.asOf}`}). ${delayInWords(report)}</p>
</header>`;
}

function delayInWords({ maxDelaySeconds, createSeconds }: ReportData): string {
  if (maxDelaySeconds <= createSeconds)
    return 'A task starts as soon as there are endpoints: none is put off to save money.';
  return `To save money, a task may start up to ${formatSeconds(maxDelaySeconds)} after its push.`;
}

function headline(traces: readonly TraceFigures[]): Html {
  const [only] = traces;
  if (!only || traces.length > 1) {
    const saved = traces.map((figures) => 1 - usdRange(figures, figures.subject).most / figures.alwaysOnUsd);
    return html`Endpoints that are there only when there is work: ${formatShare(Math.min(...saved))} to ${formatShare(Math.max(...saved))} less than leaving them on`;
  }
  const range = usdRange(only, only.subject);
  const part = 1 - range.most / only.alwaysOnUsd;
  return html`<strong>${formatRange(range, ' to ')} a month</strong> instead of ${formatUsd(only.alwaysOnUsd)}${part > 0 ? html`: ${range.least < range.most ? 'at least ' : ''}${formatShare(part)} less than leaving the endpoints on` : undefined}`;
}

/** The traces side by side, when there are several. */
export function renderTraces(traces: readonly TraceFigures[]): Html {
  const policies = policyOrder.filter((policy) =>
    traces.some((figures) => figures.rows.some((row) => row.policy === policy)),
  );
  return html`<section aria-labelledby="traces"><h2 id="traces">The traces side by side</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Monthly cost of each trace"><table><caption>US dollars a month; two figures where the readings of the bill differ</caption>
<thead><tr><th scope="col">Trace</th><th scope="col" class="number">Pushes</th>${policies.map((policy) => html`<th scope="col" class="number">${policyLabels[policy]}</th>`)}</tr></thead>
<tbody>${traces.map((figures, index) => html`<tr><th scope="row"><a href="#trace-${index}">${figures.trace}</a><small>${formatDay(figures.firstMs)} to ${formatDay(figures.lastMs)}</small></th><td class="number">${formatCount(figures.requests)}</td>${policies.map((policy) => html`<td class="number">${figures.rows.some((row) => row.policy === policy) ? formatRange(usdRange(figures, policy)) : '–'}</td>`)}</tr>`)}</tbody></table></div></section>`;
}
