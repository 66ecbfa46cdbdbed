/** A question of a view: asked when it is first shown, again when what it depends on changes, and again while what was answered is still shown. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ZodType } from 'zod';
import { ask, type NoAnswer } from './ask.ts';

export interface Asked<T> {
  /** The last answer, also while a newer one is awaited. */
  readonly answer: T | undefined;
  readonly failure: NoAnswer | undefined;
  again(): void;
}

interface Freshness {
  /** Another value asks again, and shows the last answer meanwhile. */
  readonly turn?: unknown;
  /** Shows the last answer also while another path is asked: what is shown moves on, and is no other thing. */
  readonly keep?: boolean;
}

/** Another path forgets what was answered. */
export function useAsked<T>(path: string | undefined, schema: ZodType<T>, freshness: Freshness = {}): Asked<T> {
  const [held, setHeld] = useState<{ path: string; answer?: T; failure?: NoAnswer }>();
  const [turn, setTurn] = useState(0);
  const latest = useRef(0);
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    latest.current += 1;
    const mine = latest.current;
    ask(path, schema, abort.signal).then(
      (answer) => mine === latest.current && setHeld({ path, answer }),
      (failure: NoAnswer) => {
        if (mine !== latest.current || abort.signal.aborted) return;
        setHeld((before) =>
          before !== undefined && (freshness.keep || before.path === path)
            ? { ...before, path, failure }
            : { path, failure },
        );
      },
    );
    return () => abort.abort();
  }, [path, freshness.turn, turn]);
  const mine = held !== undefined && (freshness.keep || held.path === path) ? held : undefined;
  return { answer: mine?.answer, failure: mine?.failure, again: () => setTurn((before) => before + 1) };
}
