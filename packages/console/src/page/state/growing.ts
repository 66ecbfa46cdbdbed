/** The history as it is scrolled: it grows at its end by pages, and at its beginning by what the feed sends. */
import type { HistoryEntry } from '@hourglass/operations/model';
import { useEffect, useRef, useState } from 'preact/hooks';
import { HistoryPage } from '../../model/answers.ts';
import { ask, type NoAnswer } from './ask.ts';
import { historyTurn } from './feed.ts';

const PAGE = 100;

interface Grown {
  readonly of: string;
  readonly entries: readonly HistoryEntry[];
  readonly beforeMs: number | null;
}

export function useGrowing(of: string) {
  const [grown, setGrown] = useState<Grown>();
  const [failure, setFailure] = useState<NoAnswer>();
  const asking = useRef<string>(undefined);
  const turn = historyTurn.value;
  const load = (beforeMs: number | undefined, join: (before: Grown | undefined, page: HistoryPage) => Grown) => {
    const path = `${of}limit=${PAGE}${beforeMs === undefined ? '' : `&before=${beforeMs}`}`;
    if (asking.current === path) return;
    asking.current = path;
    ask(path, HistoryPage)
      .then(
        (page) => {
          setFailure(undefined);
          setGrown((before) => join(before?.of === of ? before : undefined, page));
        },
        (error: NoAnswer) => setFailure(error),
      )
      .finally(() => {
        if (asking.current === path) asking.current = undefined;
      });
  };
  useEffect(() => load(undefined, (before, page) => putBefore(of, before, page)), [of, turn]);
  const mine = grown?.of === of ? grown : undefined;
  return {
    entries: mine?.entries,
    complete: mine?.beforeMs === null,
    failure,
    again: () => load(undefined, (before, page) => putBefore(of, before, page)),
    needed: (_from: number, to: number) => {
      if (mine === undefined || mine.beforeMs === null || to < mine.entries.length) return;
      load(mine.beforeMs, (before, page) => ({
        of,
        entries: [...(before?.entries ?? []), ...page.entries],
        beforeMs: page.beforeMs,
      }));
    },
  };
}

/** The newest page before what is there; if they do not meet, what is there has a gap and is let go. */
export function putBefore(of: string, before: Grown | undefined, { entries, beforeMs }: HistoryPage): Grown {
  const first = before?.entries[0];
  const meets = first === undefined ? -1 : entries.findIndex((entry) => isSame(entry, first));
  if (before === undefined || meets === -1) return { of, entries, beforeMs };
  return { ...before, entries: [...entries.slice(0, meets), ...before.entries] };
}

const isSame = (one: HistoryEntry, other: HistoryEntry) =>
  one.requestId === other.requestId && one.finishedAt === other.finishedAt;
