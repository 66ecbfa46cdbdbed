import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { withParts } from './parts/with-parts.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
// For this process and all that it starts: compiled code is kept, and CloudFormation's own rules run in best-practice.test.ts and app.test.ts alone.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));
process.env.CDK_VALIDATION = 'false';
const exclude = ['**/node_modules/**', '**/cdk.out/**'];
/** Only what hangs should meet it: on a slow or busy machine a test may take ten times as long as here. */
const TIMEOUT_MS = 900_000;
const shared = {
  root,
  testTimeout: TIMEOUT_MS,
  hookTimeout: TIMEOUT_MS,
  // Node takes the types off itself, as it does for the commands: vite's module runner makes each use of an import a look-up, which the simulation feels.
  experimental: { viteModuleRunner: false, nodeLoader: false },
};
/** What deploys the synthesized templates. */
const deployed = ['test/{bench,cost,crash-points,hostile,iam,infra,scenarios,simulation}/**/*.test.ts'];
/** What starts git a thousand times, in workers without CDK and SDK: to fork a process takes the longer, the more memory it has. */
const byGit = ['test/{entrypoint,relay}/**/*.test.ts'];
const measured = ['test/bench/hooks/*.test.ts'];
/** A proof more than a test: it runs only where it, or a folder that it is in, is named, as in .ci/run. */
const isProof = '**/*.proof.test.ts';
const words = process.argv.slice(3).filter((word) => !word.startsWith('-'));
const proofs = globSync(`test/${isProof}`, { cwd: root, exclude: (name) => name === 'node_modules' }).filter((file) =>
  words.some((word) => join(root, file).includes(word.replace(/^[.]\//, ''))),
);
/** The templates and bundles that all of these deploy are made once, in the background. */
const withAssemblies = {
  globalSetup: ['test/scenarios/synthesize.setup.ts'],
  setupFiles: ['test/scenarios/synthesized.ts'],
};

export default defineConfig({
  plugins: [await withParts()],
  test: {
    // A worker waits two fifths of its time, for git servers, task processes and browsers: vitest's own choice, one worker fewer than cores, leaves a core idle.
    maxWorkers: 4,
    // What becomes true while a browser or a server works: a busy machine needs more than vitest's one second.
    expect: { poll: { timeout: 300_000 } },
    projects: [
      {
        test: {
          name: 'rooms',
          ...shared,
          // CDK, its validation engine and the SDK load once a worker. Not so at the end, where memory is measured.
          isolate: false,
          exclude,
          include: ['{packages,services}/*/src/**/*.test.ts', '{shared,infra,docker}/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'git',
          ...shared,
          isolate: false,
          exclude: [...exclude, isProof],
          include: byGit,
        },
      },
      {
        test: {
          name: 'crossing',
          ...shared,
          isolate: false,
          exclude: [...exclude, isProof, ...deployed, ...byGit],
          include: ['test/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'deployed',
          ...shared,
          isolate: false,
          exclude: [...exclude, isProof, ...measured],
          include: deployed,
          ...withAssemblies,
        },
      },
      {
        test: {
          name: 'measured',
          ...shared,
          exclude,
          include: measured,
          ...withAssemblies,
        },
      },
      {
        test: {
          name: 'proofs',
          ...shared,
          isolate: false,
          exclude,
          include: proofs,
          ...withAssemblies,
        },
      },
    ],
  },
});
