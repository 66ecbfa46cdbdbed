/** By which ways requests come in, when the last came by each, and what was refused. */
import type { HistoryEntry } from '@hourglass/operations';
import { Door } from '@hourglass/operations/model';
import type { Doors } from '../model/answers.ts';
import type { ConsoleSource } from '../source.ts';

const MOST_REFUSED = 50;

export async function readDoors(
  source: Pick<ConsoleSource, 'listDeadLetters'>,
  recent: readonly HistoryEntry[],
): Promise<Doors> {
  const letters = await source.listDeadLetters({ limit: MOST_REFUSED * 2 }).catch(() => []);
  const doors = Door.options.map((door) => {
    const came = recent.filter((entry) => entry.door === door);
    const last = came.reduce<HistoryEntry | undefined>(
      (latest, entry) => (latest === undefined || entry.acceptedAt > latest.acceptedAt ? entry : latest),
      undefined,
    );
    return {
      door,
      deliveries: came.length,
      last:
        last === undefined
          ? null
          : { at: last.acceptedAt, task: last.task, requestId: last.requestId, delivery: last.delivery },
    };
  });
  const refused = letters.filter(({ kind }) => kind === 'refused').slice(0, MOST_REFUSED);
  return { since: recent.at(-1)?.finishedAt ?? null, doors, refused };
}
