/** The report of a run, as a table for people. */
import type { Report } from './steps.ts';

export function renderReport({ emulator, checks, injected, lacks, notShown }: Report): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const list = (title: string, lines: string[]) => ['', title, ...lines.map((line) => `  - ${line}`)];
  const failed = checks.filter(({ ok }) => !ok).length;
  return [
    '',
    `${emulator}`,
    ...checks.map(
      ({ name, ok, seconds, detail }) =>
        `  ${ok ? 'ok  ' : 'FAIL'}  ${name.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${detail}`,
    ),
    ...list('What the harness did, because this emulator does not:', injected),
    ...list('What this emulator does not have, or has otherwise:', lacks),
    ...list('What this run says nothing about:', notShown),
    '',
    failed === 0 ? `All ${checks.length} checks hold.` : `${failed} of ${checks.length} checks do not hold.`,
    '',
  ].join('\n');
}
