/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  // Stryker rewrites it through the compiler's API, which TypeScript 7 does not have yet; vitest needs none.
  ignorePatterns: ['tsconfig.json'],
  mutate: ['src/**/*.ts', '!src/**/*.{test,fixture}.ts', '!src/*-suite.ts'],
  reporters: ['clear-text', 'progress', 'json'],
  incremental: true,
  concurrency: 2,
  thresholds: { high: 100, low: 95, break: 95 },
};
