/**
 * What no address may have: there a URL parser and git would read different repositories, and a mirror overwrites what it reads. Pure; the
 * command, the library and every door ask here.
 */

/** Why a URL is refused; undefined if nothing is wrong so far. */
export function refuseUrl(given: string): string | undefined {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(given) ?? [];
  if (/[?#]/.test(given)) return 'it has a ? or #, which in a name is written %3F and %23';
  if (given.includes('\\')) return 'it has a backslash, which in a name is written %5C';
  if (/^\s|\s$/.test(given)) return 'it begins or ends with a blank, which in a name is written %20';
  if (/%(?:[01][0-9a-f]|7f)/i.test(given)) return 'it has an encoded control character';
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(rest)) return 'it has a . or .. between slashes, which leads to another path';
  // Over http the bytes stay encoded.
  if (!/^https?$/i.test(scheme) && decodePercent(rest) === undefined) return 'what it has behind a % is not UTF-8';
  if (/^file$/i.test(scheme)) {
    return rest.startsWith('/')
      ? undefined
      : 'it names a host, which a file has not: three slashes and the path are meant';
  }
  return rest === '' || rest.startsWith('/') ? 'it names no host' : undefined;
}

/** Why ssh is not called with these; undefined if nothing is wrong. */
export function refuseSsh({ user, host, path }: { user: string; host: string; path: string }): string | undefined {
  // ssh would take a name that begins with a dash for an option.
  if (!/^[\w.:][\w.:%-]*$/.test(host) || (user !== '' && !/^\w[\w.+@\\-]*$/.test(user)))
    return 'user or host is malformed';
  return path === '' || path === '/' ? 'it names no repository' : undefined;
}

/** As git decodes: what is no `%` with two digits stays. undefined for bytes that are not UTF-8. */
export function decodePercent(text: string): string | undefined {
  let isText = true;
  const decoded = text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex');
    const read = bytes.toString('utf8');
    isText &&= Buffer.from(read).equals(bytes);
    return read;
  });
  return isText ? decoded : undefined;
}
