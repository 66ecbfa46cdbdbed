/** Where one is: the address says it all, so that it can be pasted into a ticket, and the back button works. */
import { signal } from '@preact/signals';
import { type PageName, pages } from '../../model/pages.ts';

export interface Route {
  /** Undefined: no page of ours. */
  readonly page: PageName | undefined;
  /** Of one thing: a repository's name, a request's id. */
  readonly id: string | undefined;
  readonly query: URLSearchParams;
}

export function readRoute(address: string): Route {
  const url = new URL(address, 'http://console');
  const [first = '', ...rest] = url.pathname.slice(1).split('/');
  const page = pages.find((name) => name === first);
  const id = rest.join('/');
  return { page, id: id === '' ? undefined : decode(id), query: url.searchParams };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const route = signal<Route>(readRoute('/'));

export const addressOf = (page: PageName, id?: string, query?: Readonly<Record<string, string>>): string => {
  const asked = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  return `/${page}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${asked}`;
};

export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  route.value = readRoute(location.href);
}

/** Changes part of the address's state; null takes it out. `replace`: for what is typed. */
export function setQuery(changes: Readonly<Record<string, string | null>>, { replace = false } = {}): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  go(`${location.pathname}${text === '' ? '' : `?${text}`}`, { replace });
}

/** Links of the page change it without loading; what a person opens in a new tab, and other keys, are the browser's. */
export function startRoutes(): void {
  route.value = readRoute(location.href);
  addEventListener('popstate', () => {
    route.value = readRoute(location.href);
  });
  document.addEventListener('click', (event) => {
    const link = (event.target as Element | null)?.closest?.('a');
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target !== '' || link.origin !== location.origin || link.hash !== '') return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
