import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { withParts } from './parts/with-parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// For this process and all that it starts: compiled code is kept, and CloudFormation's own rules run in best-practice.test.ts and app.test.ts alone.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
process.env.CDK_VALIDATION = 'false';
const exclude = ['**/node_modules/**', '**/cdk.out/**'];
/** Only what hangs should meet it: on a slow or busy machine a test may take ten times as long as here. */
const TIMEOUT_MS = 300_000;
/** What deploys the synthesized templates. */
const deployed = ['test/{bench,cost,crash-points,hostile,iam,infra,scenarios,simulation}/**/*.test.ts'];
const measured = ['test/bench/hooks/*.test.ts'];

export default defineConfig({
  plugins: [await withParts()],
  test: {
    // Much of the suite waits for git servers, task processes and browsers: vitest's own choice, one worker fewer than cores, leaves a core idle.
    maxWorkers: 3,
    // What becomes true while a browser or a server works: a busy machine needs more than vitest's one second.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        test: {
          name: 'rooms',
          root,
          // CDK, its validation engine and the SDK load once a worker. Not so at the end, where memory is measured.
          isolate: false,
          exclude,
          include: ['{packages,services}/*/src/**/*.test.ts', '{shared,infra,docker}/**/*.test.ts'],
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'crossing',
          root,
          isolate: false,
          exclude: [...exclude, ...deployed],
          include: ['test/**/*.test.ts'],
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'deployed',
          root,
          isolate: false,
          exclude: [...exclude, ...measured],
          include: deployed,
          // The templates and bundles that all of these deploy are made once.
          globalSetup: ['test/scenarios/synthesize.setup.ts'],
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'measured',
          root,
          exclude,
          include: measured,
          globalSetup: ['test/scenarios/synthesize.setup.ts'],
          testTimeout: TIMEOUT_MS,
          hookTimeout: TIMEOUT_MS,
        },
      },
    ],
  },
});
