/** A secret in the address, for servers that sign nothing: `?token=…`, or the last part of `/hooks/<source>/<token>`. */
import type { Delivery } from './delivery.ts';

/** The query decides if it has a token, even an empty one. A `+` is itself there: a token is pasted into an address as it is. */
export function addressToken({ query, path }: Delivery): string | undefined {
  const [beforeQuery, ofPath] = (path ?? '').split('?', 2);
  const parts = [query ?? '', ofPath ?? ''].flatMap((text) => text.replace(/^\?/, '').split('&'));
  const tokens = parts.filter((part) => part.startsWith('token='));
  if (tokens.length > 1) return undefined;
  if (tokens.length === 1) return decode(tokens[0]?.slice('token='.length) ?? '');
  const segments = (beforeQuery ?? '').split('/').filter((segment) => segment !== '');
  const isHook = segments[0] === 'hooks';
  return decode(isHook ? segments.slice(2).join('/') : (segments.at(-1) ?? ''));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A gateway may have decoded it already.
    return text;
  }
}
