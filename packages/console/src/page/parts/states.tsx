/** What stands where something is awaited, is missing, or could not be read. */
import type { ComponentChildren } from 'preact';
import type { NoAnswer } from '../state/ask.ts';
import { showReason } from '../words/show-reason.ts';
import { t } from '../words/words.ts';
import { Icon } from './icon.tsx';

/** Lines in grey; said to a reader of the screen once. */
export function Loading({ lines = 4 }: { lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">{t('state.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span class="bone" aria-hidden="true" key={line} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <Icon name="sand" />
      <p class="empty-title">{title}</p>
      {children && <p class="muted">{children}</p>}
    </div>
  );
}

export function Failed({ failure, again }: { failure: NoAnswer; again?: () => void }) {
  return (
    <div class="notice notice-bad" role="alert">
      <Icon name="cross" />
      <div>
        <strong>{t('state.failed')}</strong>
        <p>{failure.code === 'offline' ? t('state.offline') : showReason(failure.message)}</p>
      </div>
      {again && (
        <button type="button" onClick={again}>
          {t('state.again')}
        </button>
      )}
    </div>
  );
}
