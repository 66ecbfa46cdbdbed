/** The README in English and in Japanese: the same commands and sections, and each command is one that exists. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const languages = ['README.md', 'README.ja.md'] as const;
const [english, japanese] = languages.map(read) as [string, string];

/** Code, line by line, without what a comment says in either language. */
const commandsOf = (text: string) => {
  const blocks = [...text.matchAll(/^```(?:sh|ts)\n(.*?)^```/gms)].map(([, code = '']) => code);
  const lines = blocks
    .join('')
    .split('\n')
    .map((line) => line.replace(/\s+(?:#|\/\/) .*/, ''));
  const inline = [...text.matchAll(/`((?:npx|aws|git) [^`]+)`/g)].map(([, command]) => command);
  return [...lines, ...inline.sort()];
};
const levelsOf = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, marks]) => marks);
const linksOf = (text: string) =>
  [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link).filter((link) => !link.startsWith('README'));

describe('both READMEs', () => {
  it('name the same commands', () => expect(commandsOf(japanese)).toEqual(commandsOf(english)));
  it('have the same sections', () => expect(levelsOf(japanese)).toEqual(levelsOf(english)));
  it('link to the same pages', () => expect(linksOf(japanese)).toEqual(linksOf(english)));
  it('show the same figures', () => {
    const figuresOf = (text: string) => text.match(/\d+\.\d+/g);
    expect(figuresOf(japanese)).toEqual(figuresOf(english));
  });
});

describe.each(languages)('%s', (file) => {
  it('has at most 150 lines', () => expect(read(file).split('\n').length).toBeLessThanOrEqual(150));
});

const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');

test.each(pages)('%s links only to what is there', (file) => {
  const missing = [...read(file).matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !existsSync(join(root, file, '..', link)));
  expect(missing).toEqual([]);
});

test.each(pages)('%s names only commands that there are', (file) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const ownCommands = new Set(
    [...read('packages/cli/src/main.ts').matchAll(/^ {2}(\w+): async/gm)].map(([, name]) => name),
  );
  const named = [...read(file).matchAll(/pnpm@12 (?:--silent )?(?:run )?([a-z][\w:-]*)(?: ([a-z]+))?/g)];
  const unknown = named.filter(([, script = '', verb]) => {
    if (script === 'exec' || script === 'install') return false;
    if (script === 'hourglass' && verb !== undefined) return !ownCommands.has(verb);
    return !Object.hasOwn(scripts, script);
  });
  expect(unknown.map(([text]) => text)).toEqual([]);
});

test.each(pages)('%s starts no TypeScript by the node on PATH, which may be older than ours: pnpm has it', (file) => {
  expect(read(file).match(/^.*(?<!pnpm@12 exec )\bnode [\w./-]+[.]ts\b.*$/gm)).toBeNull();
});
