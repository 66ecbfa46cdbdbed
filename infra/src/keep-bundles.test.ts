import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepBundles } from './keep-bundles.ts';
import { createStandInRepository } from './stand-in-repository.ts';

let root: string;
let makes: number;
beforeEach(() => {
  root = createStandInRepository();
  makes = 0;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const keep = () =>
  keepBundles(root, (directory) => {
    makes += 1;
    writeFileSync(join(directory, 'made'), String(makes));
  });

test('the same sources are bundled once', () => {
  expect(readFileSync(join(keep(), 'made'), 'utf8')).toBe('1');
  expect(readFileSync(join(keep(), 'made'), 'utf8')).toBe('1');
});

test.each([
  'pnpm-lock.yaml',
  'services/intake/src/handler.ts',
  'services/intake/src/deep/er.ts',
  'packages/lease/src/new.ts',
  'packages/lease/package.json',
  'packages/lease/tsconfig.json',
  'tsconfig.base.json',
  'shared/src/new.ts',
  'infra/src/bundle.ts',
  'docker/Dockerfile',
])('a change of %s makes them anew', (file) => {
  keep();
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), 'changed');
  expect(readFileSync(join(keep(), 'made'), 'utf8')).toBe('2');
});

test('what could not be made is not kept, and leaves nothing', () => {
  const fail = () =>
    keepBundles(root, (directory) => {
      writeFileSync(join(directory, 'half'), '');
      throw new Error('esbuild says no');
    });
  expect(fail).toThrow('esbuild says no');
  expect(readdirSync(join(root, 'node_modules/.cache/hourglass-bundles'))).toEqual([]);
  expect(existsSync(join(keep(), 'half'))).toBe(false);
});

test('of two that make them at the same time, both have them', () => {
  const outer = keepBundles(root, (directory) => {
    writeFileSync(join(directory, 'made'), 'outer');
    keep();
  });
  expect(readFileSync(join(outer, 'made'), 'utf8')).toBe('1');
  expect(readdirSync(dirname(outer))).toHaveLength(1);
});

test('what was not used for a week goes', () => {
  const old = keep();
  const longAgo = new Date(Date.now() - 8 * 24 * 3_600_000);
  utimesSync(old, longAgo, longAgo);
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'new');
  keep();
  expect(existsSync(old)).toBe(false);
});
