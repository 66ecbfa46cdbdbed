/** A button that acts: it says while it does, what became of it, and asks once more where much hangs on it. Not shown where one may only look. */
import { useState } from 'preact/hooks';
import type { Acted, ActionAsked } from '../../model/answers.ts';
import { act, type NoAnswer } from '../state/ask.ts';
import { mayAct } from '../state/session.ts';
import { showReason } from '../words/show-reason.ts';
import { t } from '../words/words.ts';

interface ActionProps {
  readonly asked: ActionAsked;
  readonly label: string;
  /** Said when it is done. */
  readonly done?: string | ((acted: Acted) => string);
  readonly careful?: boolean;
  readonly primary?: boolean;
  readonly then?: () => void;
}

export function Action({ asked, label, done, careful = false, primary = false, then }: ActionProps) {
  const [state, setState] = useState<'idle' | 'sure' | 'busy'>('idle');
  const [said, setSaid] = useState<{ text: string; bad: boolean }>();
  if (!mayAct()) return null;
  const run = async () => {
    if (careful && state !== 'sure') return setState('sure');
    setState('busy');
    try {
      const acted = await act(asked);
      setSaid({ text: typeof done === 'function' ? done(acted) : (done ?? t('action.done')), bad: false });
      then?.();
    } catch (error) {
      setSaid({ text: t('action.failed', { message: showReason((error as NoAnswer).message) }), bad: true });
    }
    setState('idle');
  };
  return (
    <span class="action">
      <button
        type="button"
        class={primary ? 'primary' : undefined}
        aria-disabled={state === 'busy'}
        onClick={() => state !== 'busy' && void run()}
        onBlur={() => state === 'sure' && setState('idle')}
      >
        {state === 'sure' ? `${label}: ${t('action.sure')}` : label}
      </button>
      <span class={said?.bad ? 'said said-bad' : 'said'} role="status">
        {said?.text}
      </span>
    </span>
  );
}
