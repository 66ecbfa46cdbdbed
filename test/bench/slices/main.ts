/**
 * `pnpm bench:slices [--repository PATH|URL] [--megabytes N]`: first mirrors that do not fit into one push, by the command, over loopback,
 * with git's own servers behind a front that refuses more than 8 MB, one that cuts every push at a random byte, and one whose client is
 * killed again and again. Prints a table, then one line of JSON.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alignColumns } from '../../../packages/cli/src/align-columns.ts';
import { createCommand } from '../../command.ts';
import { readCount } from '../../read-count.ts';
import { bundleHourglass } from '../../relay/bundle-hourglass.ts';
import { git, refsOf } from '../../relay/git.ts';
import { writeNoise } from '../../relay/noise-history.ts';
import type { Faults } from '../../relay/server/faults.ts';
import { type Front, startFront } from '../../relay/server/front.ts';
import { packAsServer } from '../mirror/history.ts';

const MB = 1_000_000;
const FRONT_BYTES = 8 * MB;
const KILLS = 5;
const GOAL_BYTES = 120 * MB;

const values = createCommand(
  'bench:slices',
  'First mirrors of a big repository to destinations that refuse, cut, or see their client killed.',
)
  .option('--repository <path|url>', 'mirror a copy of this repository, instead of a history made here')
  .option('--megabytes <number>', 'of the history made here', readCount(1, 2000), 300)
  .addHelpText('after', '\nExit status: 0 all refs equal within 120 MB of memory, 1 not so, 2 bad usage.')
  .parse()
  .opts<{ repository?: string; megabytes: number }>();

interface Row {
  readonly work: string;
  readonly source: 'filter' | 'depth';
  readonly seconds: number;
  readonly slices: number;
  readonly refused: number;
  readonly bytesToDestination: number;
  readonly biggestPush: number;
  readonly peakRssBytes: number;
  readonly equal: boolean;
}

interface Case {
  readonly work: string;
  readonly faults: (front: Front) => Faults;
  /** After how many pushes the client is killed, each time. */
  readonly killAfter?: number;
}

const CASES: readonly Case[] = [
  { work: 'all in one push', faults: () => ({}) },
  { work: 'refuses more than 8 MB', faults: () => ({ maxPushBytes: FRONT_BYTES }) },
  { work: 'cut at a random byte', faults: () => ({ cutPushesAt: drawCuts() }) },
  { work: `killed ${KILLS} times`, faults: () => ({ maxPushBytes: FRONT_BYTES }), killAfter: 24 },
];

const scratch = await mkdtemp(join(tmpdir(), 'hourglass-bench-'));
try {
  await bench();
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function bench(): Promise<void> {
  const program = await bundleHourglass(join(scratch, 'bundle'));
  const [from, to] = [join(scratch, 'from'), join(scratch, 'to')];
  await mkdir(from);
  await mkdir(to);
  const source = join(from, 'source');
  if (values.repository === undefined) {
    git(scratch, 'init', '--quiet', '--bare', '--template=', '--initial-branch=main', source);
    const commits = values.megabytes * 10;
    writeNoise(source, { commits, bytes: 98_000, mergeEvery: 20, tagEvery: 100 });
  } else {
    git(process.cwd(), 'clone', '--quiet', '--bare', '--no-local', '--template=', '--', values.repository, source);
  }
  packAsServer(source);
  const size = Number(/^size-pack: (\d+)/m.exec(git(source, 'count-objects', '-v'))?.[1] ?? 0) * 1024;
  const fronts = [await startFront({ root: from }), await startFront({ root: to })] as const;
  const rows: Row[] = [];
  try {
    for (const way of ['filter', 'depth'] as const) {
      git(source, 'config', 'uploadpack.allowFilter', String(way === 'filter'));
      for (const one of CASES) {
        if (way === 'depth' && one.work === CASES[0]?.work) continue;
        process.stderr.write(`${one.work}, ${way}\n`);
        await rm(join(to, 'destination'), { recursive: true, force: true });
        git(scratch, 'init', '--quiet', '--bare', '--template=', join(to, 'destination'));
        for (const setting of ['gc.auto', 'receive.autogc']) git(join(to, 'destination'), 'config', setting, '0');
        rows.push(await run(program, fronts, source, join(to, 'destination'), one, way));
      }
    }
  } finally {
    await Promise.all(fronts.map((front) => front.close()));
  }
  const head = ['destination', 'source by', 'time', 'slices', 'refused', 'sent', 'biggest push', 'peak memory', 'refs'];
  const mb = (bytes: number) => `${(bytes / MB).toFixed(1)} MB`;
  const lines = rows.map((row) => [
    row.work,
    row.source,
    `${row.seconds.toFixed(1)} s`,
    String(row.slices),
    String(row.refused),
    mb(row.bytesToDestination),
    mb(row.biggestPush),
    mb(row.peakRssBytes),
    row.equal ? 'equal' : 'DIFFER',
  ]);
  console.log(
    `${mb(size)} packed, ${git(source, 'rev-list', '--count', '--all')} commits\n\n${alignColumns([head, ...lines]).join('\n')}\n`,
  );
  console.log(JSON.stringify({ node: process.version, packBytes: size, rows }));
  if (rows.some((row) => !row.equal || row.peakRssBytes > GOAL_BYTES)) process.exitCode = 1;
}

async function run(
  program: string,
  [left, right]: readonly [Front, Front],
  source: string,
  destination: string,
  one: Case,
  way: Row['source'],
): Promise<Row> {
  right.requests.length = 0;
  right.faults = one.faults(right);
  const words = [program, 'mirror', `${left.url}/source`, `${right.url}/destination`, '--via', 'relay', '--json'];
  const startedMs = performance.now();
  let [slices, peakRssBytes] = [0, 0];
  for (let kills = 0; ; kills++) {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let pushes = 0;
    if (one.killAfter !== undefined && kills < KILLS) {
      const run = async () => ++pushes === one.killAfter && child.kill('SIGKILL');
      right.faults = { ...right.faults, before: { on: 'receive-pack', run } };
    } else delete right.faults.before;
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await new Promise((resolve) => child.on('close', resolve));
    if (output === '') continue;
    const report = JSON.parse(output) as { slices?: number; peakRssBytes: number; result: string; message?: string };
    if (report.result !== 'mirrored') process.stderr.write(`${output}\n`);
    slices = report.slices ?? 0;
    peakRssBytes = Math.max(peakRssBytes, report.peakRssBytes);
    break;
  }
  const pushes = right.requests.filter(({ phase }) => phase === 'receive-pack');
  return {
    work: one.work,
    source: way,
    seconds: (performance.now() - startedMs) / 1000,
    slices,
    refused: pushes.filter(({ status }) => status === 413).length,
    bytesToDestination: pushes.reduce((sum, { body }) => sum + body.bytes, 0),
    biggestPush: Math.max(...pushes.map(({ body }) => body.bytes)),
    peakRssBytes,
    equal: refsOf(source).join() === refsOf(destination).join(),
  };
}

/** From 0.2 to 20 MB, the same ones each time. */
function drawCuts(): () => number {
  let state = 20_250_101;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return 200_000 + (state % (20 * MB));
  };
}
