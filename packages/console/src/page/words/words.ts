/** The page's language: messages out of two catalogues, and what `Intl` writes. The choice is kept by the browser. */
import { signal } from '@preact/signals';
import { en, type Message, type MessageKey } from './en.ts';
import { ja } from './ja.ts';

export type { MessageKey } from './en.ts';

export const languages = { en: 'English', ja: '日本語' } as const;
export type Language = keyof typeof languages;

const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, Message>>>> = { en, ja };
const KEPT_AS = 'hourglass-language';

export const language = signal<Language>('en');

/** What was chosen before, else the first of the browser's that there is. */
export function startLanguage(kept: string | null, preferred: readonly string[]): Language {
  const wanted = [kept ?? '', ...preferred].map((tag) => tag.toLowerCase().split('-')[0] ?? '');
  return wanted.find((tag): tag is Language => tag in languages) ?? 'en';
}

export function chooseLanguage(chosen: Language, store: Pick<Storage, 'setItem'>): void {
  language.value = chosen;
  store.setItem(KEPT_AS, chosen);
}

export const keptLanguage = (store: Pick<Storage, 'getItem'>): string | null => store.getItem(KEPT_AS);

type Values = Readonly<Record<string, string | number>>;

/** The message, with `{name}` filled in; numbers as the language writes them. */
export function t(key: MessageKey, values: Values = {}): string {
  const tag = language.value;
  const message: Message = catalogues[tag][key];
  const form =
    typeof message === 'string'
      ? message
      : new Intl.PluralRules(tag).select(Number(values.n)) === 'one'
        ? message.one
        : message.other;
  return form.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? formatNumber(value) : value;
  });
}

const cache = new Map<string, unknown>();

function cached<T>(key: string, make: (tag: string) => T): T {
  const full = `${language.value} ${key}`;
  if (!cache.has(full)) cache.set(full, make(language.value));
  return cache.get(full) as T;
}

export const formatNumber = (value: number): string =>
  cached('number', (tag) => new Intl.NumberFormat(tag, { maximumFractionDigits: 1 })).format(value);

export const formatShare = (part: number): string =>
  cached('share', (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 0 })).format(part);

export const formatUsd = (usd: number): string =>
  cached(
    usd !== 0 && usd < 1 ? 'cents' : 'usd',
    (tag) =>
      new Intl.NumberFormat(tag, {
        style: 'currency',
        currency: 'USD',
        currencyDisplay: 'narrowSymbol',
        maximumFractionDigits: usd !== 0 && usd < 1 ? 3 : 2,
      }),
  ).format(usd);

/** Of the day. */
export const formatClock = (ms: number): string =>
  cached(
    'clock',
    (tag) => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  ).format(ms);

export const formatClockSeconds = (ms: number): string =>
  cached(
    'seconds',
    (tag) => new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
  ).format(ms);

export const formatDay = (ms: number): string =>
  cached('day', (tag) => new Intl.DateTimeFormat(tag, { month: 'short', day: 'numeric' })).format(ms);

export const formatWeekday = (ms: number): string =>
  cached('weekday', (tag) => new Intl.DateTimeFormat(tag, { weekday: 'short', day: 'numeric' })).format(ms);

export const formatDate = (ms: number): string =>
  cached('date', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).format(ms);

export const formatMoment = (ms: number): string =>
  cached(
    'moment',
    (tag) =>
      new Intl.DateTimeFormat(tag, {
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }),
  ).format(ms);

/** The clock if it is today's, else with the day. */
export function formatNear(ms: number, nowMs: number): string {
  return new Date(ms).toDateString() === new Date(nowMs).toDateString() ? formatClock(ms) : formatMoment(ms);
}

const steps = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
  { unit: 'second', seconds: 1 },
] as const;

/** The two largest units: `1 h 20 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = steps.findIndex((step) => whole >= step.seconds);
  const at = first === -1 ? steps.length - 1 : first;
  const large = steps[at] ?? steps[3];
  const small = steps[at + 1];
  const count = Math.floor(whole / large.seconds);
  const rest = small === undefined ? 0 : Math.floor((whole - count * large.seconds) / small.seconds);
  const parts = [formatUnit(count, large.unit)];
  if (small !== undefined && rest > 0 && count < 10) parts.push(formatUnit(rest, small.unit));
  return parts.join(' ');
}

const formatUnit = (count: number, unit: string): string =>
  cached(`unit ${unit}`, (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short' })).format(
    count,
  );

/** `3 hr. ago`; in the future `in 3 hr.`. */
export function formatAge(ms: number, nowMs: number): string {
  const seconds = (ms - nowMs) / 1_000;
  const { unit, seconds: size } = steps.find((step) => Math.abs(seconds) >= step.seconds) ?? steps[3];
  return cached('age', (tag) => new Intl.RelativeTimeFormat(tag, { style: 'short', numeric: 'auto' })).format(
    Math.trunc(seconds / size),
    unit,
  );
}

export function formatBytes(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9
      ? (['gigabyte', 1e9] as const)
      : bytes >= 1e6
        ? (['megabyte', 1e6] as const)
        : bytes >= 1e3
          ? (['kilobyte', 1e3] as const)
          : (['byte', 1] as const);
  return cached(
    `bytes ${unit}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }),
  ).format(bytes / size);
}
