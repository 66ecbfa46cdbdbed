/** What else the same money, or less of it, could buy. */
import type { DatedPrice } from '../../prices-alternatives.ts';
import type { Alternative } from '../alternatives.ts';
import { formatPrice, formatUsd } from '../format.ts';
import { type Html, html, httpsOnly } from '../html.ts';

export function renderAlternatives(
  alternatives: readonly (Alternative & { own: boolean })[],
  region: string,
  index: number,
): Html {
  const id = `alternatives-${index}`;
  const title = html`<h3 id="${id}">What else one could buy</h3>`;
  if (alternatives.length === 0) {
    return html`<section aria-labelledby="${id}">${title}<p>There are no prices of alternatives for ${region} here.</p></section>`;
  }
  return html`<section aria-labelledby="${id}">${title}
<p>Other ways to bring the pushes to CodeCommit. The time of Fargate tasks is left out, since the ways that have tasks need about as much of it.</p>
<figure><div class="chart" data-chart="alternatives" role="img" aria-label="Bars: US dollars a month by alternative. The table below has the same figures."></div></figure>
<div class="scroll" tabindex="0" role="region" aria-label="Alternatives"><table><caption>US dollars a month, dearest first</caption>
<thead><tr><th scope="col">Way</th><th scope="col" class="number">A month</th><th scope="col">What it takes</th><th scope="col">Prices, source and date</th></tr></thead>
<tbody>${alternatives.map((way) => html`<tr${way.own ? html` class="chosen"` : undefined}><th scope="row">${way.name}<small>${way.reckoning}</small></th><td class="number">${way.usdPerMonth === null ? 'does not work' : formatUsd(way.usdPerMonth)}</td><td>${way.but}</td><td>${way.prices.map((price, at) => html`${at > 0 ? html`<br>` : undefined}${renderPrice(price)}`)}</td></tr>`)}</tbody></table></div></section>`;
}

function renderPrice(price: DatedPrice): Html {
  return html`<a href="${httpsOnly(price.sourceUrl)}" rel="noreferrer">${formatPrice(price.usd)} per ${price.per}</a>, ${price.asOf === null ? 'not confirmed' : html`<time datetime="${price.asOf}">${price.asOf}</time>`}`;
}
