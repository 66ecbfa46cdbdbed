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
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { groups, targets } from './targets/index.ts';

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '60' },
    jazzer: { type: 'string', default: 'node_modules/.cache/jazzer' },
  },
});
const cli = join(resolve(values.jazzer), 'node_modules/@jazzer.js/core/dist/cli.js');
if (!existsSync(cli)) {
  process.stderr.write(`fuzz: first: npm install --prefix ${values.jazzer} @jazzer.js/core@4\n`);
  process.exit(2);
}
const cache = resolve('node_modules/.cache/fuzz');
for (const name of values.target ?? Object.keys(targets)) {
  const target = targets[name];
  if (target === undefined) {
    process.stderr.write(`fuzz: there is no target ${name}: ${Object.keys(targets).join(', ')}\n`);
    process.exit(2);
  }
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
