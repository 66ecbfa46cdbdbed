/** A request's life for people. */
import { count } from '@hourglass/cost';
import type { HistoryEntry, RequestLife } from '@hourglass/operations/model';
import { columns, oneLine, paint, shortTime } from './print.ts';

export function describeLife(life: RequestLife): string[] {
  const rows: string[][] = [
    ['request', paint('bold', life.requestId)],
    ['task', life.task],
    ['state', stateOf(life)],
    ['carrier', life.carrier === 'direct' ? 'direct: two functions, no endpoints' : 'a Fargate task'],
    ['door', `${life.door ?? 'not known'}${life.delivery === null ? '' : `, delivery ${oneLine(life.delivery)}`}`],
    ...row('from', life.source),
    ...row('to', life.destination),
    ...row('joined', life.joins === null ? null : `${life.joins} (${life.joinedState ?? 'gone'})`),
    ...row('replayed as', life.replayedAs),
    ['accepted', shortTime(life.acceptedAt)],
    ...row('start by', life.startBy === null ? null : shortTime(life.startBy)),
    ...row('finished', life.finishedAt === null ? null : shortTime(life.finishedAt)),
    ...row('reason', life.reason === null ? null : paint('red', oneLine(life.reason, 2_000))),
    ...row('opening', life.fence === null ? null : String(life.fence)),
    ...row('task ARN', life.taskArn),
    ...row('log', life.logStream === null ? null : `${life.logGroup} ${life.logStream}`),
    ...row('share', life.shareUsd === null ? null : `$${life.shareUsd.toFixed(4)} of what its opening cost`),
    ...describeCarried(life.carried),
  ];
  const lines = columns(rows.map(([name = '', value = '']) => [paint('dim', name), value]));
  lines.push(
    '',
    paint('bold', 'Steps'),
    ...life.steps.map(({ at, what }) => `  ${shortTime(at)}  ${oneLine(what, 500)}`),
  );
  for (const warning of life.carried?.warnings ?? []) lines.push('', paint('red', `warning: ${oneLine(warning, 500)}`));
  const changes = life.carried?.changes ?? [];
  if (changes.length > 0) {
    lines.push('', paint('bold', 'Refs'), ...columns(changes.map(changeRow)));
    const { changesOmitted = 0 } = life.carried ?? {};
    if (changesOmitted > 0) lines.push(`  and ${changesOmitted} more`);
  }
  return lines;
}

function changeRow({
  ref,
  action,
  from,
  to,
  reason,
}: NonNullable<NonNullable<RequestLife['carried']>['changes']>[number]): string[] {
  const short = (oid: string | null) => (oid === null ? 'none' : oid.slice(0, 12));
  const why = reason === undefined ? '' : paint('red', oneLine(reason));
  return [
    `  ${paint(action === 'rejected' ? 'red' : 'cyan', action)}`,
    `${short(from)} → ${short(to)}`,
    oneLine(ref),
    why,
  ];
}

function describeCarried(carried: RequestLife['carried']): string[][] {
  if (carried === null) return [];
  const { via, bytes, refs, created = 0, updated = 0, forced = 0, deleted = 0, rejected = 0 } = carried;
  const counts = Object.entries({ created, updated, forced, deleted, rejected })
    .filter(([, many]) => many > 0)
    .map(([name, many]) => `${many} ${name}`);
  return [
    ...row(
      'refs',
      refs === undefined ? null : `${refs}${counts.length > 0 ? `: ${counts.join(', ')}` : ', nothing new'}`,
    ),
    ...row('carried', bytes === undefined ? null : `${count(bytes, 'byte')}${via === undefined ? '' : ` by ${via}`}`),
  ];
}

function row(name: string, value: string | null): string[][] {
  return value === null ? [] : [[name, value]];
}

function stateOf({ state }: RequestLife): string {
  return paint(colourOf(state), state);
}

export function colourOf(state: string): 'green' | 'red' | 'yellow' | 'cyan' {
  if (state === 'succeeded') return 'green';
  if (state === 'failed') return 'red';
  return state === 'held' || state === 'discarded' ? 'yellow' : 'cyan';
}

/** One line of what came of it. */
export function describeOutcome(life: RequestLife): string[] {
  const result = life.state === 'joined' ? (life.joinedState ?? 'joined') : life.state;
  const why = life.reason === null ? '' : `: ${oneLine(life.reason, 1_000)}`;
  const joined = life.joins === null ? '' : ` with ${life.joins}`;
  return [`${life.task} ${paint(colourOf(result), result)}${joined}${why}`];
}

export function describeEntries(entries: readonly HistoryEntry[]): string[] {
  return columns(
    entries.map((entry) => [
      shortTime(entry.finishedAt),
      paint(colourOf(entry.result), entry.result),
      entry.task,
      entry.requestId,
      entry.joins !== null
        ? `with ${entry.joins}`
        : entry.reason === null
          ? describeShort(entry)
          : oneLine(entry.reason, 120),
    ]),
  );
}

function describeShort({ carried, durationSeconds }: HistoryEntry): string {
  const { created = 0, updated = 0, forced = 0, deleted = 0 } = carried ?? {};
  const changed = created + updated + forced + deleted;
  const refs = carried === null ? '' : changed === 0 ? 'nothing new' : `${count(changed, 'ref')} changed`;
  return [refs, durationSeconds === null ? '' : `${durationSeconds} s`].filter((text) => text !== '').join(', ');
}
