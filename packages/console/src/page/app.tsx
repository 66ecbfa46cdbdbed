/** The frame of every page: where one is, search, what is wrong, and the page itself. */
import type { Status } from '@hourglass/operations/model';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { PageName } from '../model/pages.ts';
import { Banners } from './parts/banners.tsx';
import { Icon } from './parts/icon.tsx';
import { Search } from './parts/search.tsx';
import { Settings } from './parts/settings.tsx';
import { sessionLost } from './state/ask.ts';
import { connection, status } from './state/feed.ts';
import { addressOf, route } from './state/route.ts';
import { session } from './state/session.ts';
import { CostView } from './views/cost.tsx';
import { DoorsView } from './views/doors.tsx';
import { FailuresView } from './views/failures.tsx';
import { OverviewView } from './views/overview.tsx';
import { RepositoriesView } from './views/repositories.tsx';
import { RequestsView } from './views/requests.tsx';
import { TimelineView } from './views/timeline.tsx';
import { language, t } from './words/words.ts';

const views: Readonly<Record<PageName, ComponentType>> = {
  '': OverviewView,
  timeline: TimelineView,
  repositories: RepositoriesView,
  requests: RequestsView,
  failures: FailuresView,
  doors: DoorsView,
  cost: CostView,
};
const entries = Object.keys(views) as PageName[];
const keyOf = (page: PageName) => (page === '' ? 'overview' : page);

export function App() {
  const { page, id } = route.value;
  const title = useRef<HTMLHeadingElement>(null);
  const first = useRef(true);
  const name = page === undefined ? t('state.unknown') : t(`page.${keyOf(page)}`);
  const heading = id === undefined ? name : id;
  const deployment = session.value?.deployment ?? '';
  useEffect(() => {
    document.title = t('app.title', { page: heading, deployment });
  }, [heading, deployment, language.value]);
  useEffect(() => {
    if (!first.current) {
      scrollTo(0, 0);
      title.current?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [page, id]);
  if (sessionLost.value) return <SessionLost />;
  const View = page === undefined ? Unknown : views[page];
  return (
    <div class="frame">
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      <header class="top">
        <a class="brand" href="/" aria-label={t('app.name')}>
          <Icon name="sand" /> <span>{t('app.name')}</span>
        </a>
        <Where />
        <Search />
        <Settings />
      </header>
      <nav class="pages" aria-label={t('app.menu')}>
        <ul>
          {entries.map((entry) => (
            <li key={entry}>
              <a href={addressOf(entry)} aria-current={entry === page ? 'page' : undefined}>
                <Icon name={keyOf(entry)} />
                <span>{t(`page.${keyOf(entry)}`)}</span>
                {entry === 'failures' && <Count of={status.value} />}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content" tabIndex={-1}>
        <Banners />
        <h1 id="title" ref={title} tabIndex={-1} class={page === '' ? 'unseen' : undefined}>
          {page !== undefined && id !== undefined && (
            <a class="crumb" href={addressOf(page)}>
              {name}
            </a>
          )}
          <span class={id === undefined ? undefined : 'crumb-id'}>{heading}</span>
        </h1>
        <View />
      </main>
    </div>
  );
}

function Where() {
  const { value } = session;
  if (value === undefined) return null;
  const title = t('app.live.title', { deployment: value.deployment, region: value.region });
  return (
    <p class="where" title={title}>
      <span class={`lamp lamp-${connection.value}`} aria-hidden="true" />
      <strong>{value.deployment}</strong> <span class="muted region">{value.region}</span>
      {!value.allowActions && (
        <span class="tag" title={t('app.readOnly.why')}>
          {t('app.readOnly')}
        </span>
      )}
    </p>
  );
}

function Count({ of }: { of: Status | undefined }) {
  const count = of?.deadLetters ?? 0;
  return count > 0 ? <span class="count">{count}</span> : null;
}

function Unknown() {
  return (
    <div class="empty">
      <p>{t('state.unknown.what')}</p>
      <p>
        <a href="/">{t('state.home')}</a>
      </p>
    </div>
  );
}

function SessionLost() {
  return (
    <main class="lone">
      <Icon name="sand" />
      <h1>{t('state.session')}</h1>
      <p>{t('state.session.what')}</p>
      <button type="button" onClick={() => location.reload()}>
        {t('state.again')}
      </button>
    </main>
  );
}
