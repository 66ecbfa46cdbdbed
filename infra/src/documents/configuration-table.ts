/** The keys of a configuration, which are the construct's props: `infra/configuration.md`, from the schema and the comments in `configuration.ts`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { z } from 'zod';
import { repositoryRoot } from '../assets.ts';
import { configSchema } from '../config.ts';

/** The whole document, as Markdown. Throws for a key without a comment. */
export function renderConfiguration(): string {
  const source = readFileSync(join(repositoryRoot, 'infra/src/configuration.ts'), 'utf8');
  const { properties = {}, required = [] } = z.toJSONSchema(configSchema, { io: 'input' });
  const rows = Object.entries(properties).map(([key, schema]) => {
    // What the schema cannot fill in by itself, the comment says at its end.
    const [text = '', stated = 'none'] = readComment(source, key).split(/ Default:? /);
    const byDefault = renderDefault(schema as JsonSchema) ?? stated.replace(/\.$/, '');
    return [`\`${key}\``, text, required.includes(key) ? '**must be given**' : byDefault];
  });
  return `# The configuration's keys

Written by \`npx -y pnpm@12 documents\` from the schema; a test keeps it true. They are the keys of \`hourglass.config.ts\` and the props of the
construct \`Hourglass\`. A wrong value is reported by its key, with what would be right.

${markdownTable([['key', 'what it is', 'default'], ...rows])}
`;
}

interface JsonSchema {
  readonly default?: unknown;
  readonly properties?: Record<string, JsonSchema>;
}

/** The comment that stands before the key. */
function readComment(source: string, key: string): string {
  const [, comment] = new RegExp(`\\n  /\\*\\*((?:(?!\\*/)[^])*)\\*/\\n  readonly ${key}\\b`).exec(source) ?? [];
  if (comment === undefined) throw new Error(`${key}: no comment in configuration.ts says what it is`);
  return comment
    .replaceAll(/\n\s*\*/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .trim();
}

function renderDefault({ default: value, properties = {} }: JsonSchema): string | undefined {
  if (value === undefined) return undefined;
  const inner = Object.entries(properties).flatMap(([key, one]) =>
    one.default === undefined ? [] : [[key, one.default]],
  );
  return `\`${JSON.stringify(inner.length > 0 ? Object.fromEntries(inner) : value)}\``;
}
