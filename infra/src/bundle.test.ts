import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Bundles } from './bundles.ts';
import { prepareBundles } from './make-bundles.ts';

let dir: string;
let bundles: Bundles['services'];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hourglass-bundles-'));
  bundles = prepareBundles(dir, new URL('../..', import.meta.url).pathname).services;
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test("the webhook's bundle, as Lambda stores it, has at most 400 kB, and no library of the table", () => {
  const bundle = readFileSync(join(bundles.webhook, 'index.js'));
  expect(gzipSync(bundle, { level: 9 }).byteLength).toBeLessThanOrEqual(400_000);
  expect(bundle.includes('DynamoDBDocumentClient')).toBe(false);
});
