/** Keeps credentials out of everything the task says. */

export type Redact = (text: string) => string;

/** Not what a message of ours gives as an example. To the last @ of a URL: a password that was not encoded may hold any of `/?#@`. */
const IN_URL = /([a-zA-Z][a-zA-Z0-9+.-]*:\/\/)(?!USER:PASSWORD@|PROFILE@)[^\s'"<>]*@/g;
const IN_QUERY = /([?&;][^=&;\s]*(?:token|key|secret|passw|auth|sig|credential)[^=&;\s]*=)[^&;\s'"]+/gi;

/** What servers, hooks and fronts print of others' secrets: headers, settings, and tokens that are known by their look. */
const IN_HEADER = /\b((?:proxy-)?authorization\s*[:=]\s*(?:basic|bearer|token|digest|negotiate)?\s*)[^\s"']+/gi;
const IN_SETTING = /\b(\w*(?:password|passwd|secret|token|api_?key)\w*["']?=["']?)[^\s"'&;,]+/gi;
const BY_LOOK =
  /\b(gh[pousr]_|github_pat_|glpat-|gl(?:rt|dt|ft|cbt)-|xox[a-z]-|ATATT|ATBB|hf_|npm_|sk-|dop_v1_)[\w=.-]{12,}|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g;

/** An address, which may be malformed, without what may be a password or a token. */
export function hideInAddress(address: string): string {
  return address
    .replace(/:\/\/.*@/s, '://***@')
    .replace(/^([^/]*:)[^/@]*@/, '$1***@')
    .replace(/[?#].*$/s, '?***');
}

/** What a person has given, in quotes, for a message: no control character reaches a terminal, and no more than some 300 characters. */
export function quoted(text: string): string {
  const code = (one: string) => `\\u00${one.charCodeAt(0).toString(16)}`;
  const shown = JSON.stringify(text.slice(0, 301)).replace(/[\u007f-\u009f]/g, code);
  // Each control character is written with six, and none is to be cut in two.
  return text.length > 300 || shown.length > 400 ? `${shown.slice(0, 300).replace(/\\[^\\]{0,5}$/, '')}\u2026"` : shown;
}

/** The longest first: one may hold another. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return [...secrets]
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

/**
 * Makes a function that takes user and password out of every URL in a text, and the given URLs' passwords out of the rest of it too.
 */
export function createRedact(urls: readonly string[]): Redact {
  const secrets = urls.flatMap(passwordsOf).filter((secret) => secret.length >= 4);
  return (text) => {
    let clean = text
      .replace(IN_URL, '$1***@')
      .replace(IN_QUERY, '$1***')
      .replace(IN_HEADER, '$1***')
      .replace(IN_SETTING, '$1***')
      .replace(BY_LOOK, (_, look: string | undefined) => `${look ?? ''}***`);
    for (const secret of secrets) clean = clean.replaceAll(secret, '***');
    return clean;
  };
}

/**
 * As written and as decoded: git decodes before it speaks. A token is often given as the user, without a password. What was not encoded may
 * hold any of `/?#@`, so a password goes to the last @.
 */
function passwordsOf(url: string): string[] {
  const [, userinfo] = /^[a-z][a-z0-9+.-]*:\/\/(\S*)@/i.exec(url) ?? [];
  if (userinfo === undefined) return [];
  const colon = userinfo.indexOf(':');
  if (colon < 0 && /[/?#]/.test(userinfo)) return [];
  const password = colon < 0 ? userinfo : userinfo.slice(colon + 1);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
