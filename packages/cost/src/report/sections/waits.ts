/** How long a push waits for its task to start. */
import type { PolicyName } from '../../simulation.ts';
import { binWaits, rowOf, type TraceFigures } from '../figures.ts';
import { formatSeconds, formatShare } from '../format.ts';
import { type Html, html } from '../html.ts';
import { policyLabels, readingLabels } from '../report-data.ts';

export function renderWaits(figures: TraceFigures, order: readonly PolicyName[], index: number): Html | undefined {
  const lines = order.flatMap((policy) =>
    figures.details
      .filter((detail) => detail.policy === policy && policy !== 'always-on')
      .map((detail) => ({ detail, bins: binWaits(detail.waits), row: rowOf(figures, policy, detail.billing) })),
  );
  if (lines.length === 0) return undefined;
  const longest = Math.max(...lines.flatMap(({ bins }) => bins.findLastIndex((bin) => bin.share > 0)));
  const id = `waits-${index}`;
  return html`<section aria-labelledby="${id}"><h3 id="${id}">How long a push waits</h3>
<p>From the push to the start of its task. Endpoints that are open already cost no wait; otherwise creation must finish first.</p>
<p class="reading" data-part="reading"></p>
<figure><div class="chart" data-chart="waits" role="img" aria-label="Bars: share of the pushes by wait and policy. The table below has the same figures."></div></figure>
<details><summary>The waits as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Waits by policy"><table><caption>Share of the pushes whose task started within that time, not sooner</caption>
<thead><tr><th scope="col">Policy</th><th scope="col">Bill counts</th>${(lines[0]?.bins ?? []).slice(0, longest + 1).map((bin) => html`<th scope="col" class="number">${Number.isFinite(bin.toSeconds) ? `to ${formatSeconds(bin.toSeconds)}` : `over ${formatSeconds(bin.fromSeconds)}`}</th>`)}<th scope="col" class="number">Half within</th><th scope="col" class="number">19 of 20 within</th><th scope="col" class="number">Longest</th></tr></thead>
<tbody>${lines.map(({ detail, bins, row }) => html`<tr><th scope="row">${policyLabels[detail.policy]}</th><td>${readingLabels[detail.billing]}</td>${bins.slice(0, longest + 1).map((bin) => html`<td class="number">${bin.share === 0 ? '–' : formatShare(bin.share)}</td>`)}${row ? [row.waitSeconds.p50, row.waitSeconds.p95, row.waitSeconds.max].map((seconds) => html`<td class="number">${formatSeconds(seconds)}</td>`) : html`<td colspan="3"></td>`}</tr>`)}</tbody></table></div></details>
</section>`;
}
