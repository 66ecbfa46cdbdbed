/** A reason in the page's language, as far as it is one of ours. */
import { reasonsJa } from './reasons-ja.ts';
import { language } from './words.ts';

interface Known {
  readonly matches: RegExp;
  readonly says: string;
}

/** Those that say more come first, so that a short one does not take a long one's hole. */
const known: readonly Known[] = Object.entries(reasonsJa)
  .toSorted(([one], [other]) => fixed(other) - fixed(one))
  .map(([sentence, says]) => ({ matches: patternOf(sentence), says }));

function fixed(sentence: string): number {
  return sentence.replaceAll(/\{\w+\}/g, '').length;
}

function patternOf(sentence: string): RegExp {
  const pattern = sentence
    .split(/(\{\w+\})/)
    .map((part) =>
      /^\{\w+\}$/.test(part)
        ? `(?<${part.slice(1, -1)}>[^]${part === '{rest}' ? '*' : '+'}?)`
        : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${pattern}$`);
}

/** What stands in it of others' words is left as it is; a reason that is not known is, whole. */
export function showReason(reason: string): string {
  return language.value === 'ja' ? inJapanese(reason) : reason;
}

function inJapanese(reason: string): string {
  for (const { matches, says } of known) {
    const { groups } = matches.exec(reason) ?? {};
    if (groups !== undefined || matches.test(reason)) {
      return says.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
        const value = groups?.[name] ?? '';
        return name === 'why' ? inJapanese(value) : value;
      });
    }
  }
  return reason;
}
