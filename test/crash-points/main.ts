/**
 * `pnpm simulate:crashes`: kills handlers at every AWS call of theirs. Status 0: everything converged. 1: a violation, with the command that
 * replays its points. 2: bad usage.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesizeWorld } from '@hourglass/cli';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Assemblies, parsePoints, runWith } from './crash.ts';
import { scenarios } from './scenarios.ts';
import { type Found, search } from './search.ts';

interface Options {
  scenario?: string;
  pairs?: true;
  at?: ReturnType<typeof parsePoints>;
  slice?: { part: number; of: number };
  json?: true;
}

const names = scenarios.map(({ name }) => name);

function readOptions(): Options {
  const command = new Command('pnpm simulate:crashes')
    .description('Kills handlers before and after every AWS call of theirs, and checks that everything converges.')
    .option('--scenario <name>', `one of ${names.join(', ')}; default: all`, (name) => {
      if (!names.includes(name)) throw new InvalidArgumentError(`Choose one of ${names.join(', ')}.`);
      return name;
    })
    .option('--pairs', 'kill two handlers in each run, in every combination')
    .option('--slice <part/of>', 'only the part-th of so many shares of the (first) points, as 1/4', (text) => {
      const [, part, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text)?.map(Number) ?? [];
      if (!part || !of || part > of) throw new InvalidArgumentError('Give it as 1/4.');
      return { part: part - 1, of };
    })
    .option(
      '--at <points>',
      'replay these points of one scenario, as 12.before,30.after, and list its calls',
      (text) => {
        const points = parsePoints(text);
        if (!points) throw new InvalidArgumentError('Give points as 12.before,30.after.');
        return points;
      },
    )
    .option('--json', 'print the outcome as one JSON object')
    .exitOverride();
  command.parse();
  const options = command.opts<Options>();
  if (options.at && !options.scenario) command.error('error: --at needs --scenario');
  return options;
}

async function replay({ scenario, at = [], json }: Options, assemblies: Assemblies): Promise<boolean> {
  const played = scenarios.find(({ name }) => name === scenario);
  if (!played) throw new Error(`there is no scenario ${scenario}`);
  const { calls, violations, deaths } = await runWith(at, played, assemblies);
  if (json) print(JSON.stringify({ scenario, calls, deaths, violations }));
  else {
    for (const [index, call] of calls.entries()) {
      const point = at.find((one) => one.call === index + 1);
      print(`${String(index + 1).padStart(4)} ${call}${point ? `   ← dies ${point.dies}` : ''}`);
    }
    for (const violation of violations) print(violation);
  }
  return violations.length === 0 && deaths === at.length;
}

async function searchAll(options: Options, assemblies: Assemblies): Promise<boolean> {
  const all: Found[] = [];
  const { slice, pairs = false, json } = options;
  for (const scenario of scenarios.filter(({ name }) => name === (options.scenario ?? name))) {
    const found = await search(scenario, assemblies, { pairs, ...(slice && { slice }) });
    all.push(found);
    if (json) continue;
    print(
      `${found.scenario}: ${found.handlers.length} handlers, ${found.calls} calls, ${found.points} points, ` +
        `${found.pairs} pairs (and ${found.alike} that are like one of them), ` +
        `${found.converged} of ${found.points + found.pairs} converged`,
    );
    for (const { points, messages } of found.violations) {
      print(`  ${messages.join('\n  ')}`);
      print(`  Replay: pnpm simulate:crashes --scenario ${found.scenario}${points && ` --at ${points}`}`);
    }
  }
  if (json) print(JSON.stringify({ scenarios: all }));
  return all.every(({ violations }) => violations.length === 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  let options: Options;
  try {
    options = readOptions();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const dir = mkdtempSync(join(tmpdir(), 'hourglass-crashes-'));
  try {
    const common = {
      deployment: 'test',
      sourceHost: 'git.test',
      destinationPrefix: 'codecommit::ap-northeast-1://',
      apiKeySha256: createHash('sha256').update('of no use here').digest('hex'),
      billing: 'anchored' as const,
      maxDelaySeconds: 0,
    };
    const withDirect = join(dir, 'direct');
    mkdirSync(withDirect);
    const assemblies = {
      fargate: await synthesizeWorld(common, dir),
      direct: await synthesizeWorld({ ...common, carrier: 'direct' }, withDirect),
    };
    const fine = options.at ? await replay(options, assemblies) : await searchAll(options, assemblies);
    return fine ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

process.exitCode = await main();
