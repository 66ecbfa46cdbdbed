/** What a destination says beside its report on a push (side band 2, git's "remote:" lines): a hook's sentence, the check of the objects. */
import { stripVTControlCharacters } from 'node:util';
import { printable } from './pkt-line.ts';
import { decodeWords } from './ref-name.ts';

/** More is read and dropped: a hook may print without end. */
const MAX_GATHERED = 8192;
const PROGRESS = /^[A-Z][A-Za-z ]+: +(?:\d+%|\d+, done)/;

/** Gathers pieces of text as they come, one character a byte: a piece may end within a character, and a hook need not speak UTF-8. */
export class ServerWords {
  #text = '';

  add(text: string): void {
    if (this.#text.length < MAX_GATHERED) this.#text = (this.#text + text).slice(0, MAX_GATHERED);
  }

  /** In one line of at most 500 characters, without progress. */
  reported(redact: (text: string) => string): string {
    // To a blank: half a secret would not be known for one.
    const text = this.#text.length < MAX_GATHERED ? this.#text : this.#text.replace(/\S+$/, '');
    const lines = redact(stripVTControlCharacters(decodeWords(text)))
      .split(/[\r\n]/)
      .map((line) => line.trim());
    return printable(lines.filter((line) => line !== '' && !PROGRESS.test(line)).join('; '));
  }
}

/** A reason with the destination's own words behind it. */
export function withWords(reason: string, words: string): string {
  return words === '' ? reason : `${reason}: ${words}`;
}
