/**
 * Separates what a bundle has of libraries from what is the function's own, by the comment that esbuild puts before each module
 * (`// node_modules/…/index.js`). Libraries import nothing of the function, so all of them may come first, whatever the order was.
 */

/** `own` sees every name that `libraries` declares. A bundle without such comments (a minified one, say) is all the function's own. */
export function splitBundle(text: string): { libraries: string; own: string } {
  const marks = [...text.matchAll(/^\/\/ (\S+\.[cm]?[jt]sx?)$/gm)];
  const [first] = marks;
  if (!first) return { libraries: '', own: text };
  // What comes before the first module is esbuild's own.
  const parts = { libraries: [text.slice(0, first.index)], own: [] as string[] };
  for (const [index, { 1: file = '', index: start }] of marks.entries()) {
    const isLibrary = /(^|\/)node_modules\//.test(file);
    parts[isLibrary ? 'libraries' : 'own'].push(text.slice(start, marks[index + 1]?.index));
  }
  return { libraries: parts.libraries.join(''), own: parts.own.join('') };
}
