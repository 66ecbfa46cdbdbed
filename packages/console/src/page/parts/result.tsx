/** A result or state in a word, a colour and a mark: never by the colour alone. */
import { type MessageKey, t } from '../words/words.ts';
import { Icon, type IconName } from './icon.tsx';

const marks: Readonly<Record<string, IconName>> = {
  succeeded: 'check',
  failed: 'cross',
  superseded: 'skip',
  handedOver: 'skip',
  joined: 'join',
  waiting: 'wait',
  held: 'pause',
  running: 'run',
  discarded: 'skip',
};

export function Result({ of: state }: { of: string }) {
  const known = marks[state];
  return (
    <span class={`result result-${state}`}>
      {known && <Icon name={known} />}
      {known ? t(`result.${state}` as MessageKey) : state}
    </span>
  );
}
