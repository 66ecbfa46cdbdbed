import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryRoot } from '../assets.ts';
import { ExampleTemplate } from '../synthesize-example.ts';
import { itemizeIdleCost, renderIdleCost } from './idle-cost.ts';
import { renderDocuments } from './render.ts';

describe('the documents', () => {
  test.each(Object.entries(renderDocuments()))('%s is up to date', (file, text) => {
    expect(readFileSync(join(repositoryRoot, 'infra', file), 'utf8')).toBe(text);
  });
});

describe('the idle cost', () => {
  const template = new ExampleTemplate();

  test('is below one dollar a month, polling counted', () => {
    const items = itemizeIdleCost(template);
    expect(items[0]?.usd).toBeGreaterThan(0.5);
    expect(items.reduce((sum, { usd }) => sum + usd, 0)).toBeLessThan(1);
  });

  test('has no place for a type of resource that nobody priced', () => {
    const { Resources } = template.json;
    const withKey = Object.assign(Object.create(template), {
      json: { Resources: { ...Resources, Key: { Type: 'AWS::KMS::Key' } } },
    });
    expect(() => renderIdleCost(withKey)).toThrow('AWS::KMS::Key');
  });
});
