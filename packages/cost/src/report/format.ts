/** Numbers and times as people read them. The page is in English and its times are UTC, wherever it was made. */

const LOCALE = 'en-US';
const dollars = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD' });
const finePrice = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const tenth = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** Dollars and cents; what is not nothing is never shown as nothing. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.005 ? `< ${dollars.format(0.01)}` : dollars.format(usd);
}

/** `$0.81`, or `$0.81–$0.95` where the readings of the bill differ. */
export function formatRange({ least, most }: { least: number; most: number }, between = '–'): string {
  return formatUsd(least) === formatUsd(most) ? formatUsd(most) : `${formatUsd(least)}${between}${formatUsd(most)}`;
}

/** Prices of single requests have their first digits far behind the point. */
export const formatPrice = (usd: number): string =>
  usd > 0 && usd < 0.001 ? `$${usd.toFixed(10).replace(/0+$/, '')}` : finePrice.format(usd);
export const formatCount = (count: number): string => whole.format(count);
export const formatTenth = (value: number): string => tenth.format(value);
export const formatRatio = (ratio: number): string => (Number.isFinite(ratio) ? `${decimal.format(ratio)} ×` : '–');
/** How much more than the optimum: `+1.2%`. */
export const formatExcess = (ratio: number): string =>
  Number.isFinite(ratio) ? `+${share.format(Math.max(0, ratio - 1))}` : '–';
export const formatDay = (ms: number): string => day.format(ms);
export const formatMonth = (ms: number): string => month.format(ms);

/** Never rounded up to the whole: 99.96 % is not all. */
export function formatShare(part: number): string {
  const bounded = part < 1 && part > 0.999 ? 0.999 : part;
  return share.format(bounded > 0 && bounded < 0.001 ? 0.001 : bounded);
}

/** `0 s`, `2 min 30 s`, `1 h 5 min`: the largest unit and the one below it. */
export function formatSeconds(seconds: number): string {
  const all = Math.round(seconds);
  const units: [number, string][] = [
    [Math.floor(all / 86_400), 'd'],
    [Math.floor((all % 86_400) / 3600), 'h'],
    [Math.floor((all % 3600) / 60), 'min'],
    [all % 60, 's'],
  ];
  const first = units.findIndex(([amount]) => amount > 0);
  if (first < 0) return '0 s';
  const said = units.slice(first, first + 2).filter(([amount]) => amount > 0);
  return said.map(([amount, unit]) => `${amount} ${unit}`).join(' ');
}
