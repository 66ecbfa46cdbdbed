/** The `hourglass` command as one bundle, as the container image has its task: without it, a run would mostly measure the type stripper. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const CLI = fileURLToPath(new URL('../../packages/cli/', import.meta.url));

/** Bundles into a folder and gives the program's path. */
export async function bundleHourglass(dir: string): Promise<string> {
  await build({
    entryPoints: [join(CLI, 'src/main.ts')],
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Other commands' needs, which a mirror between two git servers never loads.
    external: ['@aws-sdk/*', '@smithy/*', 'aws-cdk*', 'esbuild', 'fast-xml-parser'],
    logLevel: 'warning',
  });
  await symlink(join(CLI, 'node_modules'), join(dir, 'node_modules'));
  return join(dir, 'main.mjs');
}

let program: Promise<string> | undefined;

/** The same for every test file of this process. */
export function bundledHourglass(): Promise<string> {
  program ??= makeProgram();
  return program;
}

function makeProgram(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-command-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return bundleHourglass(dir);
}

/** One half of a mirror, as the function of a deployment is bundled. */
export async function bundleHalf(dir: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL('../bench/mirror/half.ts', import.meta.url))],
    outdir: dir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'warning',
  });
  return join(dir, 'half.mjs');
}

export interface End {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundled command to its end. */
export function runHourglass(program: string, words: readonly string[], env = process.env): Promise<End> {
  const child = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'pipe', 'pipe'], env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
