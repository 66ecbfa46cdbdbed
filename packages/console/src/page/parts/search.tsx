/** One box over repositories and requests: what is found is a list of links below it; `/` leads into it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Found } from '../../model/answers.ts';
import { ask } from '../state/ask.ts';
import { addressOf, route } from '../state/route.ts';
import { t } from '../words/words.ts';
import { Icon } from './icon.tsx';
import { Result } from './result.tsx';

const WAIT_MS = 150;

export function Search() {
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLElement>(null);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (text.trim() === '') return setFound(undefined);
    const abort = new AbortController();
    const waiting = setTimeout(() => {
      ask(`/api/search?for=${encodeURIComponent(text)}`, Found, abort.signal).then(setFound, () => setFound(undefined));
    }, WAIT_MS);
    return () => {
      clearTimeout(waiting);
      abort.abort();
    };
  }, [text]);
  useEffect(() => setOpen(false), [route.value]);
  useEffect(() => {
    const lead = (event: KeyboardEvent) => {
      const typing = (event.target as Element | null)?.closest?.('input, textarea, select');
      if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', lead);
    return () => document.removeEventListener('keydown', lead);
  }, []);
  const move = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      setOpen(false);
      input.current?.focus();
    }
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || !box.current) return;
    const stops = [...box.current.querySelectorAll<HTMLElement>('input, .found a')];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    stops[Math.min(stops.length - 1, Math.max(0, at + by))]?.focus();
    event.preventDefault();
  };
  const leave = (event: FocusEvent) => {
    if (!box.current?.contains(event.relatedTarget as Node | null)) setOpen(false);
  };
  return (
    <search class="search" ref={box} onKeyDown={move} onFocusOut={leave}>
      <Icon name="search" />
      <input
        ref={input}
        type="search"
        value={text}
        aria-label={t('app.search')}
        placeholder={`${t('app.search')} (/)`}
        onFocus={() => setOpen(true)}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setOpen(true);
        }}
      />
      {open && found && text.trim() !== '' && <Results found={found} text={text} />}
    </search>
  );
}

function Results({ found: { repositories, requests }, text }: { found: Found; text: string }) {
  if (repositories.length + requests.length === 0) {
    return (
      <div class="found" role="status">
        <p class="muted">{t('app.search.none', { text })}</p>
      </div>
    );
  }
  return (
    <div class="found">
      {repositories.length > 0 && <h2>{t('app.search.repositories')}</h2>}
      <ul class="plain">
        {repositories.map((name) => (
          <li key={name}>
            <a href={addressOf('repositories', name)}>{name}</a>
          </li>
        ))}
      </ul>
      {requests.length > 0 && <h2>{t('app.search.requests')}</h2>}
      <ul class="plain">
        {requests.map(({ requestId, task, state }) => (
          <li key={`${requestId}${state}`}>
            <a href={addressOf('requests', requestId)}>
              <Result of={state} /> {task} <span class="id muted">{requestId}</span>
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
