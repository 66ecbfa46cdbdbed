import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['{packages,services}/*/src/**/*.test.ts', '{shared,infra,docker,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/cdk.out/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
