/** A long list of which only the pages are asked that are looked at, and a few others kept. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ZodType } from 'zod';
import { ask, type NoAnswer } from './ask.ts';

const PAGE = 100;
/** Further pages are forgotten, the longest ago asked first. */
const KEPT = 12;

interface Page<T> {
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly T[];
}

interface Held<T> {
  readonly of: string;
  readonly pages: Map<number, Page<T>>;
  readonly asking: Set<number>;
  total: number | undefined;
}

/** `turn`: another value asks anew for what is seen, and shows what was there meanwhile. */
export function usePages<T>(of: string, schema: ZodType<Page<T>>, turn: unknown) {
  const held = useRef<Held<T>>(begin(of));
  const seen = useRef({ from: 0, to: 30 });
  const [, show] = useState(0);
  const [failure, setFailure] = useState<NoAnswer>();
  if (held.current.of !== of) held.current = begin(of);
  const fetchPage = (offset: number) => {
    const mine = held.current;
    if (mine.asking.has(offset)) return;
    mine.asking.add(offset);
    ask(`${of}&offset=${offset}&limit=${PAGE}`, schema)
      .then((page) => {
        mine.pages.delete(offset);
        mine.pages.set(offset, page);
        for (const old of [...mine.pages.keys()].slice(0, -KEPT)) mine.pages.delete(old);
        mine.total = page.total;
        setFailure(undefined);
      }, setFailure)
      .finally(() => {
        mine.asking.delete(offset);
        if (held.current === mine) show((before) => before + 1);
      });
  };
  const fetchSeen = (all: boolean) => {
    const { from, to } = seen.current;
    for (let offset = Math.floor(from / PAGE) * PAGE; offset < Math.max(to, 1); offset += PAGE) {
      if (all || !held.current.pages.has(offset)) fetchPage(offset);
    }
  };
  useEffect(() => fetchSeen(true), [of, turn]);
  return {
    total: held.current.total,
    row: (index: number): T | undefined => {
      const offset = Math.floor(index / PAGE) * PAGE;
      return held.current.pages.get(offset)?.rows[index - offset];
    },
    needed: (from: number, to: number) => {
      seen.current = { from, to };
      fetchSeen(false);
    },
    failure,
    again: () => fetchSeen(true),
  };
}

const begin = <T>(of: string): Held<T> => ({ of, pages: new Map(), asking: new Set(), total: undefined });
