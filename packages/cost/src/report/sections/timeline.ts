/** When the endpoints existed, over the pushes that asked for them. */
import type { PolicyName } from '../../simulation.ts';
import { monthLines, type TraceFigures } from '../figures.ts';
import { formatCount, formatMonth } from '../format.ts';
import { type Html, html } from '../html.ts';
import { policyLabels, readingLabels } from '../report-data.ts';

export function renderTimeline(figures: TraceFigures, order: readonly PolicyName[], index: number): Html | undefined {
  const details = order.flatMap((policy) =>
    figures.details.filter((detail) => detail.policy === policy && policy !== 'always-on'),
  );
  if (details.length === 0) return undefined;
  const id = `timeline-${index}`;
  return html`<section aria-labelledby="${id}"><h3 id="${id}">When the endpoints exist</h3>
<p>Each dark bar is a lease, from the moment creation is asked for until deletion has finished; the pale bar around it is the time that is paid for. The ticks on top are the pushes.</p>
<div class="tools scripted" role="group" aria-label="Part of the timeline that is shown">
<button type="button" data-zoom="all">All</button><button type="button" data-zoom="month">A month</button><button type="button" data-zoom="week">A week</button><button type="button" data-zoom="day">A day</button>
<span class="gap"></span>
<button type="button" data-zoom="earlier" aria-label="Earlier">←</button><button type="button" data-zoom="later" aria-label="Later">→</button><button type="button" data-zoom="out" aria-label="Show more time">−</button><button type="button" data-zoom="in" aria-label="Show less time">+</button>
<output data-part="shown" aria-live="polite"></output></div>
<p class="reading" data-part="reading"></p>
<figure><div class="chart" data-chart="timeline" tabindex="0" role="group" aria-label="Timeline of pushes and leases by policy. Arrow keys move, plus and minus zoom, Home shows all. The table below counts the leases by month."></div>
<figcaption class="scripted">Drag to move, pinch or hold Ctrl and scroll to zoom, or drag the ends of the bar below the chart. With the chart focused: arrow keys, +, −, Home.</figcaption></figure>
<details><summary>Leases by month as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Leases by month"><table><caption>Leases opened, and the hours paid for them per endpoint and Zone. Times are UTC.</caption>
<thead><tr><th scope="col">Month</th><th scope="col" class="number">Pushes</th>${details.map((detail) => html`<th scope="col" class="number">${policyLabels[detail.policy]}<small>${readingLabels[detail.billing]}</small></th>`)}</tr></thead>
<tbody>${monthLines(figures.pushes, details).map((line) => html`<tr><th scope="row">${formatMonth(line.startMs)}</th><td class="number">${formatCount(line.pushes)}</td>${line.leases.map((leases, at) => html`<td class="number">${formatCount(leases)}<small>${formatCount(line.paidHours[at] ?? 0)} h</small></td>`)}</tr>`)}</tbody></table></div></details>
</section>`;
}
