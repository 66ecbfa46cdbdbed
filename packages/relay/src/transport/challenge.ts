/** What a server wants that says 401: the schemes of its `WWW-Authenticate` headers. https://www.rfc-editor.org/rfc/rfc9110#field.www-authenticate */

/** By their usual names, once each. */
export function schemesOf(header: string | undefined): string[] {
  const known = ['Basic', 'Bearer', 'Digest', 'NTLM', 'Negotiate'];
  // A scheme begins the header or follows a comma, and is followed by a blank, a comma or the end; a parameter has a "=".
  const bare = (header ?? '').replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const words = [...bare.matchAll(/(?:^|,)\s*([A-Za-z][\w-]*)(?=\s+[^\s=,]|\s*,|\s*$)/g)].map(([, word = '']) => word);
  return [...new Set(words.map((word) => known.find((name) => name.toLowerCase() === word.toLowerCase()) ?? word))];
}

/** Those that git's own HTTP client speaks and the relay does not. */
export function onlyGitSpeaks(schemes: readonly string[]): boolean {
  return (
    !schemes.includes('Basic') &&
    !schemes.includes('Bearer') &&
    schemes.some((name) => /^(Digest|NTLM|Negotiate)$/.test(name))
  );
}
