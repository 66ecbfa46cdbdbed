/**
 * `pnpm fuzz [--target NAME] [--seconds N] [--jazzer FOLDER]`: every target, or one, for so many seconds each, guided by coverage.
 *
 * The fuzzer is the npm package @jazzer.js/core, which is not among the workspace's: `npm install --prefix FOLDER @jazzer.js/core@4`. A target
 * goes to it as one CommonJS bundle, since it instruments nothing else. Inputs that it keeps, and those that break something, stay in
 * `node_modules/.cache/fuzz`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { build } from 'esbuild';
import { createCommand } from '../command.ts';
import { readCount } from '../read-count.ts';
import { groups, targets } from './targets/index.ts';

const names = Object.keys(targets);
const values = createCommand('fuzz', 'Fuzz the parsers of bytes from outside, guided by coverage, each for some time.')
  .option('--target <name>', `one of ${names.join(', ')}; again for more; default: all`, readTarget)
  .option('--seconds <number>', 'for each', readCount(1, 1e6), 60)
  .option('--jazzer <folder>', 'where @jazzer.js/core is installed', 'node_modules/.cache/jazzer')
  .addHelpText('after', '\nExit status: 0 nothing found, 1 an input that breaks something, 2 bad usage or no fuzzer.')
  .parse()
  .opts<{ target?: string[]; seconds: number; jazzer: string }>();
const cli = join(resolve(values.jazzer), 'node_modules/@jazzer.js/core/dist/cli.js');
if (!existsSync(cli)) {
  process.stderr.write(`fuzz: first: npm install --prefix ${values.jazzer} @jazzer.js/core@4\n`);
  process.exit(2);
}
const cache = resolve('node_modules/.cache/fuzz');
for (const name of values.target ?? names) {
  const target = targets[name];
  if (target === undefined) continue;
  const [corpus, found] = [join(cache, name, 'corpus'), join(cache, name, 'found')];
  for (const folder of [corpus, found]) await mkdir(folder, { recursive: true });
  for (const seed of target.seeds) {
    const file = join(corpus, createHash('sha1').update(seed).digest('hex'));
    await writeFile(file, seed, 'latin1');
  }
  const [group] = Object.entries(groups).find(([, its]) => name in its) ?? ['protocol'];
  const outfile = join(cache, name, 'target.cjs');
  await build({
    stdin: {
      contents: `import { ${group} } from './targets/${group}.ts'; export const fuzz = (bytes) => ${group}['${name}'].run(bytes);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    outfile,
    logLevel: 'warning',
  });
  const limits = [`-max_total_time=${values.seconds}`, '-max_len=4096', '-timeout=120', '-rss_limit_mb=2048'];
  // It leaves node_modules alone by default, and calls reading a path that was given a fault.
  const options = [
    '--includes',
    'target.cjs',
    '--excludes',
    'nothing',
    '--disableBugDetectors',
    '.*',
    '--timeout',
    '120000',
  ];
  const flags = [...limits, '-print_final_stats=1', `-artifact_prefix=${found}/`];
  const child = spawn(process.execPath, [cli, outfile, corpus, ...options, '--', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-20_000);
    });
  }
  const code = await new Promise((end) => child.once('close', end));
  const [, runs = '0'] = /number_of_executed_units: +(\d+)/.exec(said) ?? /#(\d+)\s+DONE/.exec(said) ?? [];
  process.stdout.write(
    `${name}: ${runs} executions in ${values.seconds} s, ${code === 0 && runs !== '0' ? 'nothing found' : 'broken'}\n`,
  );
  if (code !== 0 || runs === '0') {
    process.stdout.write(`${said.slice(0, 20_000)}\n`);
    process.exitCode = 1;
  }
}

function readTarget(name: string, before: string[] = []): string[] {
  if (!names.includes(name)) throw new InvalidArgumentError(`Choose one of ${names.join(', ')}.`);
  return [...before, name];
}
