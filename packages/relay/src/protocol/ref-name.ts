/**
 * Names of refs are bytes, UTF-8 or not. Inside the relay a name is a string with one character for each byte, so that comparisons,
 * maps and pushes are about bytes. Only what is shown is decoded, and only what a person gives is encoded.
 */

/** Characters of a name in a message. */
const MAX_SHOWN = 200;
/** More does not fit into the line of a push. */
export const MAX_NAME_BYTES = 65_000;

/**
 * Whether `git check-ref-format` accepts the name: no control character, blank, or other byte that git forbids.
 * https://git-scm.com/docs/git-check-ref-format
 */
export function isRefName(name: string): boolean {
  if (!name.includes('/')) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the bytes that git forbids
  return !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.lock(?:\/|$)|(?:^|\/)\.|\.$|^\//.test(name);
}

/** Text, one character a byte, as it comes from git or goes to it. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The reverse; bytes that are not UTF-8 are lost. */
export function decodeBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * A name, or what the other side says, for people: UTF-8 is decoded; a byte that is not UTF-8, and a control character, is `\xNN`. No name of
 * a ref has a backslash, so two names never look the same, and `readShown` reads them back.
 */
export function show(bytes: string): string {
  return decode(bytes, (character) => /\p{Cc}/u.test(character));
}

/** As `show`, for a message: a name may have 65,000 bytes. */
export function showShort(bytes: string): string {
  const shown = show(bytes);
  return shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}\u2026` : shown;
}

/** What the other side says, one character a byte: as `show`, but control characters and so line ends stay. */
export function decodeWords(bytes: string): string {
  return decode(bytes, () => false);
}

function decode(bytes: string, isHidden: (character: string) => boolean): string {
  if (!/[^\x20-\x7e]/.test(bytes)) return bytes;
  const given = Buffer.from(bytes, 'latin1');
  let text = '';
  for (let at = 0; at < given.length; ) {
    const size = sizeAt(given, at);
    const piece = given.subarray(at, at + Math.max(size, 1));
    const decoded = size === 0 ? '' : piece.toString('utf8');
    text += size === 0 || isHidden(decoded) ? [...piece].map(escaped).join('') : decoded;
    at += piece.length;
  }
  return text;
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** How many bytes the character there has; 0 if they are not UTF-8. */
function sizeAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const piece = bytes.subarray(at, at + size);
  return size > 0 && Buffer.from(piece.toString('utf8')).equals(piece) ? size : 0;
}

/** A name or pattern as a person gives it: text, with `\xNN` for a byte that is not UTF-8. */
export function readShown(text: string): string {
  return bytesOf(text).replace(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Whether the bytes are UTF-8 without control characters, so that a text holds them whole. */
export function isText(bytes: string): boolean {
  return bytesOf(show(bytes)) === bytes;
}

/** What `git ls-remote --symref` prints, one character a byte. Only lines of refs, by their names; and where HEAD points. */
export function parseRefListing(output: string): { refs: Map<string, string>; headTarget: string | undefined } {
  const refs = new Map<string, string>();
  let headTarget: string | undefined;
  for (const line of output.split('\n')) {
    const tab = line.indexOf('\t');
    const [first, name] = [line.slice(0, tab), line.slice(tab + 1)];
    if (first.startsWith('ref: ') && name === 'HEAD') headTarget = first.slice('ref: '.length);
    else if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(first) && !name.endsWith('^{}')) refs.set(name, first);
  }
  return { refs, headTarget };
}
