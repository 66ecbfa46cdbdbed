/**
 * `pnpm bench:mirror [--repository PATH|URL] [--commits N] [--rounds N] [--peer PATH]`: the relay against clone and push, and against a kept local
 * mirror, side by side in one run, over loopback, with git's own servers. Prints a table, then one line of JSON.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { createCommand } from '../../command.ts';
import { readCount } from '../../read-count.ts';
import { bundleHalf, bundleHourglass } from '../../relay/bundle-hourglass.ts';
import { git } from '../../relay/git.ts';
import { type Arena, createArena } from './arena.ts';
import type { Contestant, Measurement } from './contestants.ts';
import { judge, SMALL_WORK } from './goals.ts';
import { packAsServer, writeHistory } from './history.ts';
import { describeGoals, describeMeasurements } from './table.ts';
import { measureWarm } from './warm.ts';

const SMALL_COMMITS = 1000;

const values = createCommand(
  'bench:mirror',
  'Race the relay against clone and push, and against a kept local mirror, with real git servers on this machine.',
)
  .option('--repository <path|url>', 'race with a copy of this repository, instead of a history made here')
  .option('--commits <number>', 'of the history made here', readCount(1, 1e7), 200_000)
  .option('--rounds <number>', 'how often each work is raced', readCount(1, 99), 3)
  .option('--peer <path>', 'race with this git-sync program too (github.com/entireio/git-sync)')
  .addHelpText(
    'after',
    '\nPrints a table, then one line of JSON. Exit status: 0 every goal reached, 1 one missed, 2 bad usage.',
  )
  .parse()
  .opts<{ repository?: string; commits: number; rounds: number; peer?: string }>();
const { rounds } = values;
const PEER: Contestant[] = values.peer === undefined ? [] : ['peer'];
const ALL: Contestant[] = ['clone + push', 'kept mirror', ...PEER, 'relay', 'in halves'];
const ONCE: Contestant[] = ['clone + push', ...PEER, 'relay', 'in halves'];
/** Cloning takes so long that chance has little part in it: it races in the first round only. */
const QUICK: Contestant[] = ['kept mirror', ...PEER, 'relay', 'in halves'];
const RELAY: Contestant[] = [...PEER, 'relay', 'in halves'];
const say = (text: string) => process.stderr.write(`${text}\n`);

const scratch = await mkdtemp(join(tmpdir(), 'hourglass-bench-'));
try {
  await bench();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const programs = {
    program: await bundleHourglass(join(scratch, 'bundle')),
    half: await bundleHalf(join(scratch, 'half')),
  };
  const source = join(scratch, 'from', 'source');
  await mkdir(join(scratch, 'from'));
  if (values.repository === undefined) {
    say(`making a history of ${values.commits} commits`);
    git(scratch, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', source);
    await writeHistory(source, { commits: values.commits, seed: 1 });
  } else {
    say('copying the repository');
    git(process.cwd(), 'clone', '--quiet', '--bare', '--no-local', '--template=', '--', values.repository, source);
  }
  packAsServer(source);
  const repository = { origin: values.repository === undefined ? 'synthetic' : 'given', ...sizeOf(source) };
  const arena = await createArena(scratch, programs, values.peer);
  try {
    const measurements = [await measureSmall(programs), ...(await measureAll(arena))];
    const goals = judge(measurements);
    const machine = {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryBytes: totalmem(),
      platform: process.platform,
    };
    const versions = { node: process.version, git: execFileSync('git', ['--version'], { encoding: 'utf8' }).trim() };
    const { commits, objects, packBytes } = repository;
    say('');
    console.log(
      `${commits} commits, ${objects} objects, ${(packBytes / 1e6).toFixed(1)} MB packed; ${machine.cores} cores\n`,
    );
    console.log(`${describeMeasurements(measurements)}\n\n${describeGoals(goals)}\n`);
    console.log(JSON.stringify({ machine, versions, repository, goals, measurements }));
    if (goals.some((goal) => !goal.reached)) process.exitCode = 1;
  } finally {
    await arena.close();
  }
}

/** The same work on a small repository, to compare the memory it takes. */
async function measureSmall(programs: { program: string; half: string }): Promise<Measurement> {
  const dir = join(scratch, 'small');
  const source = join(dir, 'from', 'source');
  await mkdir(join(dir, 'from'), { recursive: true });
  git(scratch, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', source);
  await writeHistory(source, { commits: SMALL_COMMITS, seed: 1 });
  packAsServer(source);
  const arena = await createArena(dir, programs);
  try {
    say(SMALL_WORK);
    await arena.reset(['relay'], 'empty');
    return { work: SMALL_WORK, runs: await arena.race(['relay'], 0) };
  } finally {
    await arena.close();
  }
}

async function measureAll(arena: Arena): Promise<Measurement[]> {
  const made: Measurement[] = [];
  const run = async (work: string, contestants: Contestant[], round: number) => {
    say(`${work}, round ${round + 1}`);
    made.push({ work, runs: await arena.race(contestants, round) });
  };
  for (let round = 0; round < rounds; round++) {
    const racing = round === 0 ? ONCE : RELAY;
    await arena.reset(racing, 'empty');
    await run('first mirror', racing, round);
  }
  await arena.reset(ALL, 'source');
  const branch = git(arena.source, 'symbolic-ref', 'HEAD');
  let seed = 1;
  for (const commits of [1, 100]) {
    for (let round = 0; round < rounds; round++) {
      await writeHistory(arena.source, { commits, onto: branch, seed: ++seed });
      await run(commits === 1 ? '+1 commit' : '+100 commits', round === 0 ? ALL : QUICK, round);
    }
  }
  for (let round = 0; round < rounds; round++) await run('unchanged', RELAY, round);
  for (let round = 0; round < rounds; round++) {
    const [doomed = ''] = git(arena.source, 'for-each-ref', '--count=1', '--format=%(refname)', 'refs/tags').split(
      '\n',
    );
    if (doomed === '') break;
    git(arena.source, 'update-ref', '-d', doomed);
    await run('one deletion', RELAY, round);
  }
  await arena.reset(['relay', 'in halves'], 'source');
  say('+1 and +100 commits, warm');
  const { destination, disk } = arena.addresses('in halves');
  const ways = {
    source: arena.addresses('relay').source,
    destinations: [arena.addresses('relay').destination, destination] as const,
    disk,
    push: (commits: number) => writeHistory(arena.source, { commits, onto: branch, seed: ++seed }),
    bytesSent: arena.bytesSent,
  };
  return [...made, ...(await measureWarm(ways, 2 * rounds + 1))];
}

function sizeOf(source: string): { commits: number; objects: number; packBytes: number; refs: number } {
  const counted = git(source, 'count-objects', '-v');
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(counted)?.[1] ?? 0);
  return {
    commits: Number(git(source, 'rev-list', '--count', '--all')),
    objects: field('in-pack'),
    packBytes: field('size-pack') * 1024,
    refs: git(source, 'for-each-ref', '--format=x').split('\n').length,
  };
}
