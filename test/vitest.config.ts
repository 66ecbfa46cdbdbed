import { defineConfig } from 'vitest/config';

const root = new URL('..', import.meta.url).pathname;
const exclude = ['**/node_modules/**', '**/cdk.out/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'rooms',
          root,
          exclude,
          include: ['{packages,services}/*/src/**/*.test.ts', '{shared,infra,docker}/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'whole',
          root,
          exclude,
          include: ['test/**/*.test.ts'],
          // The templates and bundles that all scenarios deploy are made once.
          globalSetup: ['test/scenarios/synthesize.setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
