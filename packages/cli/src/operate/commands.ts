/** The commands for operators, as commander knows them; what each does is loaded when it runs. */
import { type Command, Option } from 'commander';
import { addDeploymentOptions, parseLimit, parseSeconds, parseSince } from './options.ts';

export function addStatusCommand(program: Command): void {
  addDeploymentOptions(program.command('status'), 'print the status as one JSON object (with --watch: one a line)')
    .description('Say how a deployment is: what runs, waits, failed and costs, and what happens next.')
    .option('--watch', 'show it again every two seconds, until Ctrl-C')
    .action(async (options) => (await import('./run-status.ts')).runStatus(options));
}

export function addRequestCommand(program: Command): void {
  const request = program
    .command('request')
    .description('Ask a deployment for a mirror or a command, as any client may.');
  const withOptions = (command: Command) =>
    addDeploymentOptions(command)
      .option('--max-delay <time>', 'how long it may wait where that saves money, such as 0, 15m or 2h', parseSeconds)
      .option('--wait', 'follow it until it ends; exit status 1 if it fails. Ctrl-C leaves the request standing');
  withOptions(request.command('mirror').argument('<name>', 'the repository'))
    .description('Ask for a mirror of a repository.')
    .option('--source <url>', 'where to mirror from (default: as configured)')
    .action(async (name, options) => (await import('./run-request.ts')).runRequest('mirror', name, options));
  withOptions(request.command('task').argument('<name>', 'the command'))
    .description('Ask for a command that the deployment has defined.')
    .action(async (name, options) => (await import('./run-request.ts')).runRequest('command', name, options));
}

export function addHistoryCommand(program: Command): void {
  addDeploymentOptions(
    program.command('history').argument('[name]', 'of this repository or command alone'),
    'print the entries as one JSON array',
  )
    .description('Show what became of requests, the newest first.')
    .option('--since <time>', 'finished since then: 24h, 7d, 2026-11-27', parseSince)
    .option('--failed', 'only what failed after its last attempt')
    .option('--limit <number>', 'entries at most', parseLimit, 50)
    .action(async (name, options) => (await import('./run-history.ts')).runHistory(name, options));
}

export function addShowCommand(program: Command): void {
  addDeploymentOptions(program.command('show').argument('<request>', "the request's id"))
    .description('Show one request from the door to its result, with times, attempts, changed refs and reasons.')
    .action(async (request, options) => (await import('./run-show.ts')).runShow(request, options));
}

export function addReplayCommand(program: Command): void {
  addDeploymentOptions(
    program
      .command('replay')
      .argument('[name]', "a repository, a command, or a request's id (default: list what there is)"),
  )
    .description('List dead letters with attempts and reasons, or bring them back.')
    .option('--all', 'bring all back')
    .option('--limit <number>', 'dead letters to list at most', parseLimit, 100)
    .action(async (name, options) => (await import('./run-replay.ts')).runReplay(name, options));
}

export function addDiscardCommand(program: Command): void {
  addDeploymentOptions(program.command('discard').argument('<request>', "the request's id"))
    .description('Put one dead letter away for good, with a reason that the history keeps.')
    .option('--reason <text>', 'why', 'no reason given')
    .action(async (request, options) => (await import('./run-replay.ts')).runDiscard(request, options));
}

export function addPauseCommand(program: Command): void {
  addDeploymentOptions(program.command('pause').argument('[name]', 'of this repository or command alone'))
    .description('Start nothing until it is resumed: requests are kept, and the endpoints close as ever.')
    .action(async (name, options) => (await import('./run-pause.ts')).runPause(name, options));
}

export function addResumeCommand(program: Command): void {
  addDeploymentOptions(program.command('resume').argument('[name]', 'of this repository or command alone'))
    .description('End a pause; without a name, every pause there is.')
    .action(async (name, options) => (await import('./run-pause.ts')).runResume(name, options));
}

export function addCloseCommand(program: Command): void {
  addDeploymentOptions(program.command('close'))
    .description('Let the endpoints go at the next idle moment, now if nothing runs.')
    .action(async (options) => (await import('./run-pause.ts')).runClose(options));
}

export function addExportCommand(program: Command): void {
  addDeploymentOptions(program.command('export'), 'the same as --format ndjson')
    .description('Write the history, the newest first, as CSV or NDJSON.')
    .option('--since <time>', 'finished since then: 24h, 7d, 2026-11-27', parseSince)
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'ndjson']).default('csv'))
    .action(async (options) => (await import('./run-export.ts')).runExport(options));
}

export function addLogsCommand(program: Command): void {
  addDeploymentOptions(
    program.command('logs').argument('[name]', "a repository, a command, or a request's id"),
    'print the lines as one JSON array (with --follow: one object a line)',
  )
    .description('Show what a task has printed, and what the functions have said of a request.')
    .option('--follow', 'go on with what comes, until Ctrl-C')
    .option('--service <name>', "a function's own log: webhook, intake, provisioner, runner, teardown, replay, …")
    .option(
      '--since <time>',
      'lines since then: 15m, 24h, 2026-11-27 (default: as long as it ran; of a function, an hour)',
      parseSince,
    )
    .option('--limit <number>', 'lines at most, the newest', parseLimit, 1_000)
    .action(async (name, options) => (await import('./run-logs.ts')).runLogs(name, options));
}

export function addDoctorCommand(program: Command): void {
  addDeploymentOptions(program.command('doctor'), 'print the findings as one JSON array')
    .description('Look for what is wrong with a deployment and its account, and say how to mend it. It only reads.')
    .action(async (options) => (await import('./run-doctor.ts')).runDoctor(options));
}
