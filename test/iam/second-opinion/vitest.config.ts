import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/scenarios/synthesized.ts'],
    root: fileURLToPath(new URL('../../..', import.meta.url)),
    include: ['test/iam/second-opinion/compare.ts'],
    globalSetup: ['test/scenarios/synthesize.setup.ts'],
    testTimeout: 600_000,
  },
});
