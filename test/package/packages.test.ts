/**
 * The packages as somebody meets them who has neither pnpm nor this repository: written by the documented line, installed by plain npm into an
 * empty folder, used by an app in TypeScript 5.9, by one in CommonJS and by an ES module, and as the command.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const here = import.meta.dirname;
const root = join(here, '../..');
const minutes = (count: number) => count * 60_000;

/** As a stranger's shell: nothing of pnpm's or of this process's, and the Node that the machine has. */
const env = {
  PATH: (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  HOME: process.env.HOME,
  ...(process.env.npm_config_registry && { npm_config_registry: process.env.npm_config_registry }),
  // Of a company whose proxy signs for the registry.
  ...(process.env.NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
  // A test of the packages' own, which must not wait for one of npm's questions.
  CI: 'true',
};

async function run(command: string, words: readonly string[], cwd: string, more: Record<string, string> = {}) {
  const { stdout } = await promisify(execFile)(command, words, {
    cwd,
    env: { ...env, ...more },
    maxBuffer: 2 ** 26,
  }).catch((error: Error & { stdout?: string; stderr?: string }) => {
    throw new Error(`${command} ${words.join(' ')}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout;
}

let dir: string;
let tarballs: string[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hourglass-package-'));
  await run('npx', ['-y', 'pnpm@12', 'run', 'pack'], root);
  tarballs = (await readdir(join(root, 'dist'))).filter((name) => name.endsWith('.tgz'));
  await writeFile(join(dir, 'package.json'), '{ "private": true }');
  await run(
    'npm',
    [
      'install',
      '--prefer-offline',
      '--no-audit',
      '--no-fund',
      ...tarballs.map((name) => join(root, 'dist', name)),
      ...['aws-cdk-lib', 'constructs', 'typescript@5.9', '@types/node@20'],
    ],
    dir,
  );
  await cp(join(here, 'typescript-app'), join(dir, 'typescript-app'), { recursive: true });
  await cp(join(here, 'javascript-app'), join(dir, 'javascript-app'), { recursive: true });
  await cp(join(here, 'module-app'), join(dir, 'module-app'), { recursive: true });
}, minutes(10));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** The template of an app, but for the hashes of its assets: bundlers may differ by a byte where a path stands in a comment. */
async function synthesize(program: string, cwd: string, more: Record<string, string> = {}): Promise<unknown> {
  const outdir = join(await mkdtemp(join(dir, 'out-')), 'cdk.out');
  await run('node', [program], cwd, { CDK_OUTDIR: outdir, ...more });
  const text = await readFile(join(outdir, 'Mirrors.template.json'), 'utf8');
  return JSON.parse(text.replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>'));
}

it('has both tarballs, small, and nothing of the workspace in them', async () => {
  expect(tarballs.sort()).toEqual([
    expect.stringMatching(/^hourglass-cli-.*\.tgz$/),
    expect.stringMatching(/^hourglass-infra-.*\.tgz$/),
  ]);
  const sizes = await Promise.all(tarballs.map(async (name) => (await stat(join(root, 'dist', name))).size));
  for (const bytes of sizes) expect(bytes).toBeLessThan(8_000_000);
  const installed = join(dir, 'node_modules/@hourglass');
  const files = (await readdir(installed, { recursive: true })).filter((name) => /[.]\w+$/.test(name));
  expect(files.filter((name) => /(?<!\.d)\.[cm]?ts$/.test(name) && !name.endsWith('.d.cts'))).toEqual([]);
  for (const name of ['infra', 'cli']) {
    const manifest = await readFile(join(installed, name, 'package.json'), 'utf8');
    expect(manifest).not.toMatch(/catalog:|workspace:/);
  }
  const { peerDependencies, dependencies } = JSON.parse(await readFile(join(installed, 'infra/package.json'), 'utf8'));
  expect(Object.keys(peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
  expect(dependencies).toBeUndefined();
});

it(
  "gives apps in TypeScript 5.9, in CommonJS and as an ES module the workspace's own template",
  async () => {
    const app = join(dir, 'typescript-app');
    await run(process.execPath, [join(dir, 'node_modules/typescript/bin/tsc'), '--project', app], dir);
    const [typescript, javascript, module, workspace] = await Promise.all([
      synthesize('app.js', app),
      // CloudFormation's own rules, most of a synthesis, judge the first: the others are the same template.
      synthesize('app.js', join(dir, 'javascript-app'), { CDK_VALIDATION: 'false' }),
      synthesize('app.js', join(dir, 'module-app'), { CDK_VALIDATION: 'false' }),
      run(process.execPath, ['app.ts'], join(here, 'typescript-app'), {
        CDK_OUTDIR: join(dir, 'workspace'),
        CDK_VALIDATION: 'false',
      })
        .then(() => readFile(join(dir, 'workspace/Mirrors.template.json'), 'utf8'))
        .then((text) => JSON.parse(text.replaceAll(/\b[0-9a-f]{64}\b/g, '<hash>'))),
    ]);
    expect(javascript).toEqual(typescript);
    expect(module).toEqual(typescript);
    expect(typescript).toEqual(workspace);
  },
  minutes(10),
);

it('names the prop that is wrong when an app is synthesized', async () => {
  const program = `const { App, Stack } = require('aws-cdk-lib');
const { Hourglass } = require('@hourglass/infra');
new Hourglass(new Stack(new App(), 'S'), 'Mirrors', { image: { build: true } });`;
  await expect(run('node', ['--eval', program], dir)).rejects.toThrow('ConfigurationInvalid: vpc: is missing');
});

it(
  'gives the command: it mirrors and simulates',
  async () => {
    const hourglass = join(dir, 'node_modules/.bin/hourglass');
    const [source, destination] = [join(dir, 'source'), join(dir, 'destination')];
    await run('git', ['init', '--quiet', '--bare', destination], dir);
    await run('git', ['init', '--quiet', source], dir);
    const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
    await run('git', [...who, 'commit', '--quiet', '--allow-empty', '--message', 'first'], source);
    await run(hourglass, ['mirror', source, destination], dir);
    expect(await run('git', ['rev-list', '--all', '--count'], destination)).toBe('1\n');

    await writeFile(join(dir, 'trace.txt'), '2026-01-01T00:00:00Z\n2026-01-01T05:00:00Z\n');
    await run(hourglass, ['simulate', '--trace', join(dir, 'trace.txt'), '--html', join(dir, 'report.html')], dir);
    expect(await readFile(join(dir, 'report.html'), 'utf8')).toContain('echarts');
  },
  minutes(10),
);

// A dozen seconds of both cores, for what test/world shows of the same code in the repository.
if (process.env.CI) {
  it(
    'gives the command: it runs the demo to its end',
    async () => {
      const source = join(dir, 'demo');
      await run('git', ['init', '--quiet', source], dir);
      const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com'];
      await run('git', [...who, 'commit', '--quiet', '--allow-empty', '--message', 'first'], source);
      const words = ['demo', '--source', source, '--json'];
      const summary = JSON.parse(await run(join(dir, 'node_modules/.bin/hourglass'), words, dir));
      expect(summary).toMatchObject({ leaseClosed: true, mirrors: [{ refsEqual: true }] });
    },
    minutes(10),
  );
}
