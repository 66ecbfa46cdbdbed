import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as internal from './internal.ts';
import * as operator from './operator.ts';
import { publishedContracts, renderContracts } from './published.ts';
import { renderDetails } from './render-details.ts';
import * as requests from './requests.ts';

const directory = join(import.meta.dirname, '../../contracts');
const files = renderContracts();

test.each(Object.entries(files))('%s is up to date (npx -y pnpm@12 documents)', (file, text) => {
  expect(readFileSync(join(directory, file), 'utf8')).toBe(text);
});

test('infra/src/event-details.ts is up to date (npx -y pnpm@12 documents)', async () => {
  expect(readFileSync(join(import.meta.dirname, '../../../infra/src/event-details.ts'), 'utf8')).toBe(
    await renderDetails(),
  );
});

test('no other file is published, and every contract is', () => {
  expect(readdirSync(directory).toSorted()).toEqual(Object.keys(files).toSorted());
  const defined = [...Object.values(internal), ...Object.values(operator), ...Object.values(requests)].flatMap((one) =>
    typeof one === 'object' && 'detail' in one ? [one.name] : [],
  );
  expect(publishedContracts.map(({ name }) => name).toSorted()).toEqual(defined.toSorted());
});

test('every reference of the description of the bus leads somewhere', () => {
  const bus = JSON.parse(files['asyncapi.json'] ?? '');
  const found = [...(files['asyncapi.json'] ?? '').matchAll(/"\$ref": "#\/([^"]+)"/g)].map(([, path = '']) => path);
  expect(found.length).toBeGreaterThan(publishedContracts.length);
  for (const path of found) {
    expect(
      path.split('/').reduce((value, key) => value?.[key], bus),
      path,
    ).toBeDefined();
  }
});

test('a schema says what the services demand', () => {
  const schema = JSON.parse(files['MirrorRequested.json'] ?? '');
  expect(schema).toMatchObject({
    title: 'MirrorRequested',
    type: 'object',
    properties: { version: { const: 1 }, repository: { type: 'string' }, maxDelaySeconds: { maximum: 86_400 } },
  });
  expect(schema.required).toContain('repository');
  // Unknown fields are no fault of a request.
  expect(schema.additionalProperties).toBeUndefined();
});
