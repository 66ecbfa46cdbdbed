/** The contracts in EventBridge's schema registry: only where they are wanted, each of them, in the draft that it takes. */
import { publishedContracts } from '@hourglass/shared/published';
import { expect, test } from 'vitest';
import { exampleConfig } from './example-config.ts';
import { base, ExampleTemplate } from './synthesize-example.ts';

const made = new ExampleTemplate({ ...exampleConfig, schemas: true });
const schemas = made.resources('EventSchemas::Schema').map(({ Properties }) => Properties);

test('there is no registry unless the configuration wants one', () => {
  expect(new ExampleTemplate().resources().filter(({ Type }) => Type.startsWith('AWS::EventSchemas'))).toEqual([]);
});

test('every event of the bus has its schema, by the name that discovery would give it', () => {
  expect(made.resources('EventSchemas::Registry').map(({ Properties }) => Properties.RegistryName)).toEqual([base]);
  expect(schemas.map(({ SchemaName }) => SchemaName).sort()).toEqual(
    publishedContracts.map(({ name, sources }) => `${sources[0]}@${name}`).sort(),
  );
  for (const { SchemaName, RegistryName } of schemas) {
    expect(RegistryName).toBe(base);
    // https://docs.aws.amazon.com/eventbridge/latest/schema-reference/v1-registries-name-registryname-schemas-name-schemaname.html
    expect(SchemaName).toMatch(/^[0-9A-Za-z_.@-]{1,385}$/);
  }
});

test('a schema is of the whole event and in draft 4, whose words later drafts have changed', () => {
  for (const { Content, Type, SchemaName } of schemas) {
    expect(Type).toBe('JSONSchemaDraft4');
    const content = JSON.parse(Content);
    expect(content).toMatchObject({
      $schema: 'http://json-schema.org/draft-04/schema#',
      required: ['detail-type', 'source', 'detail'],
      properties: { 'detail-type': { enum: [SchemaName.split('@')[1]] }, detail: { type: 'object' } },
    });
    const later = ['const', '$defs', 'if', 'prefixItems', 'propertyNames', 'examples', 'contains', 'dependentRequired'];
    expect(keywordsOf(content).filter((word) => later.includes(word))).toEqual([]);
    expect(Content.length).toBeLessThan(100_000);
    if (SchemaName.endsWith('@MirrorRequested')) {
      expect(content.properties.source.enum).toContain('hourglass.client');
      expect(content.properties.detail.required).toEqual(
        expect.arrayContaining(['version', 'repository', 'sourceUrl']),
      );
    }
  }
});

/** The words of the schemas in a schema, not the names of properties. */
function keywordsOf(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(keywordsOf);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([word, value]) => [
    word,
    ...(word === 'properties'
      ? Object.values(value as object).flatMap(keywordsOf)
      : word === 'enum'
        ? []
        : keywordsOf(value)),
  ]);
}
