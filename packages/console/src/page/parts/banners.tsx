/** What is wrong, above everything else: the server gone, the deployment unreadable, alarms, creations that fail. */
import type { Status } from '@hourglass/operations/model';
import { now } from '../state/clock.ts';
import { connection, heardAt, pageDiffers, readFailure, reconnect, status } from '../state/feed.ts';
import { showReason } from '../words/show-reason.ts';
import { formatNear, t } from '../words/words.ts';
import { Icon } from './icon.tsx';

export function Banners() {
  const { value } = status;
  return (
    <div class="banners">
      <div role="status">
        <Connection />
      </div>
      {value && value.creationFailures > 0 && (
        <div class="notice notice-bad">
          <Icon name="cross" />
          <div>
            <strong>{t('creation.failed', { n: value.creationFailures })}</strong>
            {value.creationError && <p>{showReason(value.creationError)}</p>}
          </div>
        </div>
      )}
      {value && <Alarms alarms={value.alarms} />}
    </div>
  );
}

function Connection() {
  const time = heardAt.value === undefined ? undefined : formatNear(heardAt.value, Date.now());
  if (connection.value === 'lost') {
    return (
      <div class="notice notice-bad">
        <Icon name="cross" />
        <div>
          <strong>{t('state.offline')}</strong>
          <p>{time === undefined ? t('state.offline.first') : t('state.offline.what', { time })}</p>
        </div>
        <button type="button" onClick={reconnect}>
          {t('state.again')}
        </button>
      </div>
    );
  }
  if (pageDiffers.value) {
    return (
      <div class="notice notice-bad">
        <Icon name="cross" />
        <div>
          <strong>{t('state.differs')}</strong>
          <p>{t('state.differs.what')}</p>
        </div>
        <button type="button" onClick={() => location.reload()}>
          {t('state.reload')}
        </button>
      </div>
    );
  }
  if (readFailure.value === undefined) return null;
  return (
    <div class="notice notice-bad">
      <Icon name="cross" />
      <div>
        <strong>{t('state.awsFailed')}</strong>
        <p>{showReason(readFailure.value)}</p>
        {status.value && (
          <p>{t('state.awsFailed.old', { time: formatNear(Date.parse(status.value.now), now.value) })}</p>
        )}
      </div>
    </div>
  );
}

function Alarms({ alarms }: Pick<Status, 'alarms'>) {
  if (alarms === null || alarms.length === 0) return null;
  return (
    <div class="notice notice-bad" data-part="alarms">
      <Icon name="bell" />
      <div>
        <strong>{t('alarm.title', { n: alarms.length })}</strong>
        <ul class="plain">
          {alarms.map(({ name, reason }) => (
            <li key={name}>
              {name}
              {reason && <span class="muted"> {reason}</span>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
