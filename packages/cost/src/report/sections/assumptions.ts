/** What the figures rest on. */
import { formatPrice, formatSeconds } from '../format.ts';
import { type Html, html, httpsOnly } from '../html.ts';
import type { ReportData } from '../report-data.ts';

export function renderAssumptions(report: ReportData): Html {
  const { price } = report;
  const facts: [string, Html | string][] = [
    [
      'Price',
      html`${formatPrice(price.usdPerEndpointHour)} per endpoint, Zone and started hour in ${report.region}, from <a href="${httpsOnly(price.sourceUrl)}" rel="noreferrer">the price list</a> ${price.asOf === null ? '(not confirmed)' : `of ${price.asOf}`}`,
    ],
    ['Creation', `takes ${formatSeconds(report.createSeconds)}, and is paid for`],
    ['Deletion', `takes ${formatSeconds(report.deleteSeconds)}, and is paid for`],
    [
      'Teardown',
      report.teardownLeadSeconds === null
        ? 'begins before a paid hour ends, by a time that is learned from the deletions'
        : `begins ${formatSeconds(report.teardownLeadSeconds)} before a paid hour ends`,
    ],
    ['Tasks', `${report.taskSource}; any number at once`],
    ['Month', '730 hours, as AWS counts'],
    [
      'Not counted',
      'computing time, data through the endpoints, and the control plane: Lambda, DynamoDB, EventBridge and SQS by the request',
    ],
  ];
  return html`<section class="assumptions" aria-labelledby="assumptions"><h2 id="assumptions">What the figures rest on</h2>
<dl>${facts.map(([term, words]) => html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl></section>`;
}
