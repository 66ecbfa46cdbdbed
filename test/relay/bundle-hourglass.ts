/** The `hourglass` command as a package has it: without a bundle, a run would mostly measure the type stripper. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

const CLI = fileURLToPath(new URL('../../packages/cli/', import.meta.url));
// Other commands' needs, which a mirror between two git servers never loads.
const external = ['@aws-sdk/*', '@smithy/*', 'aws-cdk*', 'esbuild', 'fast-xml-parser'];
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  external,
  logLevel: 'warning',
} satisfies BuildOptions;

/** Bundles into a folder and gives the program's path. `mirror` is a file of its own in CommonJS, and all.mjs has the rest. */
export async function bundleHourglass(dir: string): Promise<string> {
  const [start, mirror, all] = [join(dir, 'hourglass.cjs'), join(dir, 'program.cjs'), join(CLI, 'src/all.ts')];
  const apart = {
    name: 'apart',
    setup: ({ onResolve }: Parameters<NonNullable<BuildOptions['plugins']>[number]['setup']>[0]) =>
      onResolve({ filter: /mirror\/program\.ts$/ }, () => ({ path: './program.cjs', external: true })),
  };
  await Promise.all([
    build({ ...common, entryPoints: [join(CLI, 'src/packaged.ts')], outfile: start, format: 'cjs', plugins: [apart] }),
    build({ ...common, entryPoints: [join(CLI, 'src/mirror/program.ts')], outfile: mirror, format: 'cjs' }),
    build({
      ...common,
      entryPoints: [all],
      outdir: dir,
      outExtension: { '.js': '.mjs' },
      splitting: true,
      format: 'esm',
      target: 'node24',
    }),
  ]);
  await symlink(join(CLI, 'node_modules'), join(dir, 'node_modules'));
  return start;
}

/** Where a bundle keeps what V8 has compiled of it: not among what the user's own command keeps. */
export function keptCompiled(program: string): { NODE_COMPILE_CACHE: string } {
  return { NODE_COMPILE_CACHE: join(dirname(program), 'compiled') };
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
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...keptCompiled(program), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
