import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { en, type Message } from './en.ts';
import { ja } from './ja.ts';
import { formatAge, formatDuration, language, startLanguage, t } from './words.ts';

const forms = (message: Message) => (typeof message === 'string' ? [message] : [message.one, message.other]);
const holes = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

afterEach(() => {
  language.value = 'en';
});

describe('the two catalogues', () => {
  it('have the same messages, none of them empty', () => {
    expect(Object.keys(ja)).toEqual(Object.keys(en));
    for (const message of [...Object.values<Message>(en), ...Object.values(ja)]) {
      for (const form of forms(message)) expect(form.trim()).not.toBe('');
    }
  });

  it('fill in the same values', () => {
    for (const [key, message] of Object.entries<Message>(en)) {
      const wanted = holes(forms(message).join(' '));
      expect(holes(forms(ja[key as keyof typeof en]).join(' ')), key).toEqual(wanted);
    }
  });

  it('leave nothing in English but names', () => {
    const same = Object.entries<Message>(en).filter(([key, message]) => ja[key as keyof typeof en] === message);
    expect(same.map(([key]) => key)).toEqual(['app.name', 'app.title', 'cost.own']);
  });

  it('hold every message that the page asks for, and no other', async () => {
    const page = join(import.meta.dirname, '..');
    const files = (await readdir(page, { recursive: true })).filter(
      (name) => /[.]tsx?$/.test(name) && !/[.]test[.]|words[/\\](?:en|ja|words|reasons)/.test(name),
    );
    const text = (await Promise.all(files.map((name) => readFile(join(page, name), 'utf8')))).join('\n');
    const named = new Set([...text.matchAll(/'([a-z]\w*(?:[.][\w-]+)+)'/g)].map(([, key]) => key));
    const started = [...text.matchAll(/`([a-z]\w*[.](?:\w+[.])*)\$\{\w+(?:[.]\w+|\(\w+\))*\}([.]\w+)?`/g)].map(
      ([, from = '', to = '']) => ({ from, to }),
    );
    const unused = Object.keys(en).filter(
      (key) => !named.has(key) && !started.some(({ from, to }) => key.startsWith(from) && key.endsWith(to)),
    );
    expect(unused).toEqual([]);
  });
});

describe('words', () => {
  it('go by the number in English, and have one form in Japanese', () => {
    expect(t('hourglass.left', { n: 1 })).toBe('1 minute left');
    expect(t('hourglass.left', { n: 23 })).toBe('23 minutes left');
    language.value = 'ja';
    expect(t('hourglass.left', { n: 1 })).toBe('残り 1 分');
  });

  it('are put in as they are, whatever they hold', () => {
    expect(t('app.search.none', { text: '{text} $& <b>' })).toBe('Nothing found for “{text} $& <b>”.');
  });

  it('say durations in their two largest units', () => {
    expect(formatDuration(0)).toBe('0 sec');
    expect(formatDuration(80)).toBe('1 min 20 sec');
    expect(formatDuration(4_800)).toBe('1 hr 20 min');
    expect(formatDuration(86_400 * 12)).toBe('12 days');
    language.value = 'ja';
    expect(formatDuration(4_800)).toBe('1 時間 20 分');
  });

  it('say an age in its largest unit', () => {
    expect(formatAge(0, 7_300_000)).toBe('2 hr. ago');
    expect(formatAge(0, 500)).toBe('now');
  });

  it('are in the language that was chosen, else the first of the browser’s that there is', () => {
    expect(startLanguage(null, ['fr', 'ja-JP', 'en'])).toBe('ja');
    expect(startLanguage('en', ['ja'])).toBe('en');
    expect(startLanguage('xx', ['de'])).toBe('en');
  });
});
