/** What the commands for operators print. Colours are for a terminal only, and for nobody who sets NO_COLOR. */

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

const CODES: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

function hasColours(): boolean {
  return process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

export function paint(style: Style, text: string): string {
  if (!hasColours()) return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** To people at a terminal or in a log, beside what the command prints. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `2026-11-27 10:05:00` of an ISO time, in UTC. */
export function shortTime(iso: string | null): string {
  return iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
}

/** Lines of these rows, two spaces between columns; colours count for nothing in their widths. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (text: string) => text.replace(COLOUR, '').length;
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
      .join('  ')
      .trimEnd(),
  );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is how colours begin.
const COLOUR = /\u001b\[\d+m/g;

/** What came from elsewhere (a git server, an error) in one line, without what would move a terminal's cursor. */
export function oneLine(text: string, most = 200): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1)}…`;
}
