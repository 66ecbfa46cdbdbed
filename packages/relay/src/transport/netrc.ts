/**
 * The password that a person keeps in `.netrc` for a host, as curl, and so git, finds it.
 *
 *     *( ("machine" name / "default") *(("login" / "password" / "account") value) / "macdef" name *line empty-line )
 *
 * Tokens are divided by blanks and line ends; one in double quotes may have blanks and `\"`. https://everything.curl.dev/usingcurl/netrc
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Login } from './credential-helper.ts';

/** The file's entry for the host. @param username only an entry with this login */
export function readNetrc(
  host: string,
  username: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Login | undefined {
  const { NETRC, HOME, USERPROFILE } = environment;
  const home = HOME || USERPROFILE;
  const files = NETRC ? [NETRC] : home ? [join(home, '.netrc'), join(home, '_netrc')] : [];
  for (const file of files) {
    try {
      return findLogin(readFileSync(file, 'utf8'), host, username);
    } catch {
      // None is there, or it is not for this user.
    }
  }
  return undefined;
}

/** The first entry that fits; `default` fits every host. */
export function findLogin(text: string, host: string, username: string | undefined): Login | undefined {
  let fits = false;
  let login: string | undefined;
  let password: string | undefined;
  const found = () =>
    fits && password !== undefined && (username === undefined || login === username)
      ? { username: login ?? '', password }
      : undefined;
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === 'machine' || token === 'default') {
      const before = found();
      if (before !== undefined) return before;
      login = password = undefined;
      fits = token === 'default' || tokens[++at]?.toLowerCase() === host.toLowerCase();
    } else if (token === 'login') login = tokens[++at];
    else if (token === 'password') password = tokens[++at];
    else if (token === 'account') at++;
  }
  return found();
}

function tokensOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const tokens: string[] = [];
  let isMacro = false;
  for (const line of lines) {
    if (isMacro) {
      isMacro = line !== '';
      continue;
    }
    if (/^\s*#/.test(line)) continue;
    for (const [, quoted, plain] of line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
      if (plain === 'macdef') isMacro = true;
      if (isMacro) break;
      tokens.push(quoted === undefined ? (plain ?? '') : unquote(quoted));
    }
  }
  return tokens;
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}
