/** Monthly cost by policy and reading of the bill. */
import type { PolicyName } from '../../simulation.ts';
import { rowOf, type TraceFigures } from '../figures.ts';
import { formatCount, formatRatio, formatUsd } from '../format.ts';
import { type Html, html } from '../html.ts';
import { policyLabels, policyMeanings, readingLabels } from '../report-data.ts';

export function renderCosts(figures: TraceFigures, order: readonly PolicyName[], index: number): Html {
  const id = `costs-${index}`;
  const lines = order.flatMap((policy) =>
    figures.readings.flatMap((reading) => {
      const row = rowOf(figures, policy, reading);
      return row ? [{ policy, reading, row }] : [];
    }),
  );
  return html`<section aria-labelledby="${id}"><h3 id="${id}">What each policy costs a month</h3>
<p>The same pushes and the same endpoints; what differs is how it is decided when they exist.</p>
${order.includes('always-on') && order.length > 1 ? html`<label class="scripted toggle"><input type="checkbox" data-part="without-always-on"> Leave out “${policyLabels['always-on']}” to see the others larger</label>` : undefined}
<figure><div class="chart" data-chart="costs" role="img" aria-label="Bars: US dollars a month by policy and reading of the bill. The table below has the same figures."></div></figure>
<details><summary>The figures as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Cost by policy"><table><caption>Paid hours are counted per endpoint and Zone</caption>
<thead><tr><th scope="col">Policy</th><th scope="col">Bill counts</th><th scope="col" class="number">A month</th><th scope="col" class="number">To the best possible</th><th scope="col" class="number">Times opened</th><th scope="col" class="number">Paid hours</th><th scope="col" class="number">Tasks cut short</th></tr></thead>
<tbody>${lines.map(({ policy, reading, row }) => html`<tr><th scope="row">${policyLabels[policy]}<small>${policyMeanings[policy]}</small></th><td>${readingLabels[reading]}</td><td class="number">${formatUsd(row.usdPerMonth)}</td><td class="number">${formatRatio(row.ratioToOptimum)}</td><td class="number">${formatCount(row.leases)}</td><td class="number">${formatCount(row.paidHours)}</td><td class="number">${formatCount(row.deletedUnderTask)}</td></tr>`)}</tbody></table></div></details>
</section>`;
}
