/** Keeps credentials out of everything the task says. */

export type Redact = (text: string) => string;

/**
 * Makes a function that takes user and password out of every URL in a text, and the given URLs' passwords out of the rest of it too.
 */
export function createRedact(urls: readonly string[]): Redact {
  const secrets = urls.flatMap(passwordsOf).filter((secret) => secret.length >= 4);
  return (text) => {
    let clean = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1***@');
    for (const secret of secrets) clean = clean.replaceAll(secret, '***');
    return clean;
  };
}

/** As written and as decoded: git decodes before it speaks. A token is often given as the user, without a password. */
function passwordsOf(url: string): string[] {
  const [, userinfo] = /^[a-z][a-z0-9+.-]*:\/\/([^\s/?#]*)@/i.exec(url) ?? [];
  if (userinfo === undefined) return [];
  const colon = userinfo.indexOf(':');
  const password = colon < 0 ? userinfo : userinfo.slice(colon + 1);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}
