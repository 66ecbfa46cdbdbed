/** `detail` of each event as plain TypeScript, for apps of others that have none of our libraries: made of the same JSON Schemas. */
import { compile } from 'json-schema-to-typescript';
import { publishedContracts, renderContracts } from './published.ts';

/** The text of `infra/src/event-details.ts`. */
export async function renderDetails(): Promise<string> {
  const files = renderContracts();
  const own = await Promise.all(
    publishedContracts.map(({ name }) =>
      compile(JSON.parse(files[`${name}.json`] ?? '{}'), name, {
        additionalProperties: true,
        bannerComment: '',
        style: { singleQuote: true, printWidth: 120 },
      }),
    ),
  );
  const all = publishedContracts.map(({ name }) => `  readonly ${name}: ${name};`).join('\n');
  return `/** Written by \`npx -y pnpm@12 documents\`: \`detail\` of each event on a deployment's bus. */
${own.join('\n')}
/** By its \`detail-type\`. */
export interface EventDetails {
${all}
}
`;
}
