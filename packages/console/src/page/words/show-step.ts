/** A step of a request's life in the page's language. What AWS and git have said stands as they said it. */
import type { LifeStep } from '@hourglass/operations/model';
import { showReason } from './show-reason.ts';
import { type MessageKey, t } from './words.ts';

export function showStep({ code, values }: LifeStep): string {
  const { door, delivery, message, joins = '', attempt = '', fence = '' } = values;
  const text = t(`step.${code}` as MessageKey, {
    joins,
    attempt,
    fence,
    door: t(door == null ? 'door.unknown' : (`door.${door}` as MessageKey)),
    message: message === undefined ? '' : code === 'discarded' ? message : showReason(message),
  });
  return delivery === undefined ? text : `${text} ${t('step.delivery', { delivery })}`;
}
