/** What became of all requests, newest first, page by page as one scrolls; or one request. */
import type { HistoryEntry } from '@hourglass/operations/model';
import { Result } from '../parts/result.tsx';
import { Empty, Failed, Loading } from '../parts/states.tsx';
import { TaskName } from '../parts/task-name.tsx';
import { Age } from '../parts/time.tsx';
import { VirtualRows } from '../parts/virtual-rows.tsx';
import { useGrowing } from '../state/growing.ts';
import { addressOf, route, setQuery } from '../state/route.ts';
import { showReason } from '../words/show-reason.ts';
import { formatDuration, type MessageKey, t } from '../words/words.ts';
import { RequestLifeView } from './request.tsx';

export function RequestsView() {
  const { id, query } = route.value;
  if (id !== undefined) return <RequestLifeView requestId={id} />;
  return <List failedOnly={query.has('failed')} />;
}

const columnsOf = () =>
  ['task', 'result', 'finished', 'took', 'request'].map((name) => t(`requests.${name}` as MessageKey));

function List({ failedOnly }: { failedOnly: boolean }) {
  const of = `/api/history?${failedOnly ? 'failed&' : ''}`;
  const { entries, complete, needed, failure, again } = useGrowing(of);
  return (
    <section aria-labelledby="title">
      <div class="bar">
        <label class="check">
          <input
            type="checkbox"
            checked={failedOnly}
            onChange={({ currentTarget }) => setQuery({ failed: currentTarget.checked ? '1' : null })}
          />
          {t('requests.failedOnly')}
        </label>
      </div>
      {failure && <Failed failure={failure} again={again} />}
      {entries === undefined && !failure && <Loading lines={10} />}
      {entries?.length === 0 && (
        <Empty title={t(failedOnly ? 'requests.noneFailed' : 'requests.none')}>{t('requests.none.what')}</Empty>
      )}
      {entries !== undefined && entries.length > 0 && (
        <VirtualRows
          kind="requests"
          of={of}
          total={entries.length + (complete ? 0 : 1)}
          label={t('page.requests')}
          columns={columnsOf()}
          needed={needed}
          cells={(index) => {
            const entry = entries[index];
            return entry && cellsOf(entry);
          }}
        />
      )}
    </section>
  );
}

function cellsOf({ requestId, task, result, finishedAt, acceptedAt, reason }: HistoryEntry) {
  return [
    <TaskName task={task} key="task" />,
    <span key="result" title={reason === null ? undefined : showReason(reason)}>
      <Result of={result} />
    </span>,
    <Age at={finishedAt} key="at" />,
    formatDuration((Date.parse(finishedAt) - Date.parse(acceptedAt)) / 1_000),
    <a class="id" href={addressOf('requests', requestId)} key="id">
      {requestId}
    </a>,
  ];
}

/** A short list, as a table that is wholly there. */
export function HistoryRows({ entries }: { entries: readonly HistoryEntry[] }) {
  if (entries.length === 0) return <Empty title={t('requests.none')}>{t('requests.none.what')}</Empty>;
  const [, ...columns] = columnsOf();
  return (
    <div class="scrolls">
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={`${entry.requestId}${entry.finishedAt}`}>
              {cellsOf(entry)
                .slice(1)
                .map((cell, index) => (
                  <td key={columns[index]}>{cell}</td>
                ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
