/** Every repository in a list that may be thousands long, or one of them with its requests. */
import { useRef, useState } from 'preact/hooks';
import { HistoryPage, RepositoryPage, type RepositoryRow } from '../../model/answers.ts';
import { Action } from '../parts/action.tsx';
import { Result } from '../parts/result.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { Age } from '../parts/time.tsx';
import { VirtualRows } from '../parts/virtual-rows.tsx';
import { useAsked } from '../state/asked.ts';
import { historyTurn } from '../state/feed.ts';
import { usePages } from '../state/paged.ts';
import { addressOf, route, setQuery } from '../state/route.ts';
import { formatDuration, formatNumber, type MessageKey, t } from '../words/words.ts';
import { HistoryRows } from './requests.tsx';

const orders = ['trouble', 'age', 'name'] as const;

export function RepositoriesView() {
  const { id, query } = route.value;
  if (id !== undefined) return <Repository name={id} />;
  const search = query.get('q') ?? '';
  const order = orders.find((name) => name === query.get('order')) ?? 'trouble';
  return <List search={search} order={order} />;
}

function List({ search, order }: { search: string; order: (typeof orders)[number] }) {
  const of = `/api/repositories?search=${encodeURIComponent(search)}&order=${order}`;
  const { total, row, needed, failure, again } = usePages(of, RepositoryPage, historyTurn.value);
  const columns = ['name', 'mirrored', 'state', 'refs', 'door'].map((name) => t(`repositories.${name}` as MessageKey));
  return (
    <section aria-labelledby="title">
      <div class="bar">
        <label class="field">
          <span class="unseen">{t('repositories.filter')}</span>
          <input
            type="search"
            value={search}
            placeholder={t('repositories.filter')}
            onInput={({ currentTarget }) => setQuery({ q: currentTarget.value }, { replace: true })}
          />
        </label>
        <label class="field">
          <span>{t('repositories.order')}</span>
          <select
            value={order}
            onChange={({ currentTarget }) =>
              setQuery({ order: currentTarget.value === 'trouble' ? null : currentTarget.value })
            }
          >
            {orders.map((name) => (
              <option value={name} key={name}>
                {t(`repositories.order.${name}` as MessageKey)}
              </option>
            ))}
          </select>
        </label>
        {total !== undefined && <p class="muted">{t('repositories.count', { n: total })}</p>}
      </div>
      {failure && <Failed failure={failure} again={again} />}
      {total === undefined && !failure && <Loading lines={10} />}
      {total === 0 &&
        (search === '' ? (
          <Empty title={t('repositories.none')}>{t('repositories.none.what')}</Empty>
        ) : (
          <Empty title={t('repositories.noneFound', { text: search })} />
        ))}
      {total !== undefined && total > 0 && (
        <VirtualRows
          kind="repositories"
          of={of}
          total={total}
          label={t('page.repositories')}
          columns={columns}
          needed={needed}
          cells={(index) => {
            const shown = row(index);
            return shown && cellsOf(shown);
          }}
        />
      )}
    </section>
  );
}

function cellsOf({ name, mirroredAt, last }: RepositoryRow) {
  return [
    <a class="name" href={addressOf('repositories', name)} key="name" title={name}>
      {name}
    </a>,
    mirroredAt === null ? <span class="muted">{t('repositories.never')}</span> : <Age at={mirroredAt} key="at" />,
    last === null ? <span class="muted">–</span> : <Result of={last.result} key="result" />,
    last?.refsChanged == null ? <span class="muted">–</span> : formatNumber(last.refsChanged),
    last === null ? (
      <span class="muted">–</span>
    ) : (
      t(last.door === null ? 'door.unknown' : (`door.${last.door}` as MessageKey))
    ),
  ];
}

function Repository({ name }: { name: string }) {
  const [asked, setAsked] = useState(0);
  const task = `mirror:${name}`;
  const path = `/api/history?limit=50&task=${encodeURIComponent(task)}`;
  const { answer, failure, again } = useAsked(path, HistoryPage, { turn: `${historyTurn.value} ${asked}` });
  const rows = useRef(0);
  rows.current = answer?.entries.length ?? rows.current;
  const took = answer?.entries.find(
    ({ result, durationSeconds }) => result === 'succeeded' && durationSeconds !== null,
  );
  return (
    <section aria-labelledby="title">
      <div class="bar">
        <Action
          asked={{ action: 'request', task }}
          label={t('repository.mirror')}
          done={({ requestId }) => t('repository.mirror.asked', { id: requestId ?? '' })}
          then={() => setAsked((before) => before + 1)}
          primary
        />
        <Action asked={{ action: 'pause', task }} label={t('action.pause')} />
        <Action asked={{ action: 'resume', task }} label={t('action.resume')} />
        {took && (
          <p class="muted">
            {t('repositories.usual')}: {formatDuration(took.durationSeconds ?? 0)}
          </p>
        )}
      </div>
      <h2>{t('repository.requests')}</h2>
      {failure && <Failed failure={failure} again={again} />}
      {!answer && !failure && <Loading />}
      {answer && <HistoryRows entries={answer.entries} />}
    </section>
  );
}
