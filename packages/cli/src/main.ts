/** The `hourglass` command. */
import { createProgram, runProgram } from './run-program.ts';

/** Only the command that is asked for is loaded: one that is to be small and quick pays for no other. */
const commands = {
  bill: async () => (await import('./bill/command.ts')).addBillCommand,
  close: async () => (await import('./operate/commands.ts')).addCloseCommand,
  console: async () => (await import('./console/command.ts')).addConsoleCommand,
  completion: async () => (await import('./completion/command.ts')).addCompletionCommand,
  delivery: async () => (await import('./delivery/command.ts')).addDeliveryCommand,
  demo: async () => (await import('./demo/command.ts')).addDemoCommand,
  deploy: async () => (await import('./deploy/command.ts')).addDeployCommand,
  destroy: async () => (await import('./deploy/command.ts')).addDestroyCommand,
  diff: async () => (await import('./deploy/command.ts')).addDiffCommand,
  discard: async () => (await import('./operate/commands.ts')).addDiscardCommand,
  doctor: async () => (await import('./operate/commands.ts')).addDoctorCommand,
  export: async () => (await import('./operate/commands.ts')).addExportCommand,
  history: async () => (await import('./operate/commands.ts')).addHistoryCommand,
  local: async () => (await import('./local/command.ts')).addLocalCommand,
  logs: async () => (await import('./operate/commands.ts')).addLogsCommand,
  hook: async () => (await import('./hook/command.ts')).addHookCommand,
  mirror: async () => (await import('./mirror/command.ts')).addMirrorCommand,
  pause: async () => (await import('./operate/commands.ts')).addPauseCommand,
  plan: async () => (await import('./mirror/plan-command.ts')).addPlanCommand,
  replay: async () => (await import('./operate/commands.ts')).addReplayCommand,
  request: async () => (await import('./operate/commands.ts')).addRequestCommand,
  resume: async () => (await import('./operate/commands.ts')).addResumeCommand,
  show: async () => (await import('./operate/commands.ts')).addShowCommand,
  simulate: async () => (await import('./simulate/command.ts')).addSimulateCommand,
  status: async () => (await import('./operate/commands.ts')).addStatusCommand,
  synth: async () => (await import('./deploy/command.ts')).addSynthCommand,
  version: async () => (await import('./version.ts')).addVersionCommand,
};

/** What the list of commands says of each, so that it loads none of them. */
const summaries: Record<keyof typeof commands, string> = {
  bill: 'Say how the bill has really counted the endpoint hours, beside what the ledger believes.',
  close: 'Let the endpoints go at the next idle moment, now if nothing runs.',
  console: 'Show a deployment in the browser: a page on this machine alone, until Ctrl-C.',
  completion: 'Print a script by which a shell completes commands, options and their values.',
  delivery: 'Explain one delivery of a git server offline: what it says, or why it is refused.',
  demo: 'Mirror a real repository through the whole flow in a simulated AWS, and show what it costs.',
  deploy: 'Look at the account, and deploy with the CDK CLI if it fits; nothing is created before.',
  destroy:
    'Remove the deployment, open endpoints first. Do it while no task runs. With the direct carrier it takes up to 45 minutes: Lambda leaves the network interface of its function that long.',
  diff: 'Say what a deployment would change.',
  discard: 'Put one dead letter away for good, with a reason that the history keeps.',
  doctor: 'Look for what is wrong with a deployment and its account, and say how to mend it. It only reads.',
  export: 'Write the history, the newest first, as CSV or NDJSON.',
  history: 'Show what became of requests, the newest first.',
  hook: 'Print a post-receive hook for a bare repository: each push asks for a mirror, and never waits for it.',
  logs: 'Show what a task has printed, and what the functions have said of a request.',
  local: 'Keep the simulated AWS running, every API on one port, until Ctrl-C.',
  mirror: 'Mirror branches and tags from one git repository to another, without cloning it.',
  pause: 'Start nothing until it is resumed: requests are kept, and the endpoints close as ever.',
  plan: 'Say what a mirror would do to each ref, and why, without writing anything.',
  replay: 'List dead letters with attempts and reasons, or bring them back.',
  request: 'Ask a deployment for a mirror or a command, as any client may.',
  resume: 'End a pause; without a name, every pause there is.',
  show: 'Show one request from the door to its result, with times, attempts, changed refs and reasons.',
  simulate: 'Say from real push times what each policy would cost, and how far each is from the best possible.',
  status: 'Say how a deployment is: what runs, waits, failed and costs, and what happens next.',
  synth: 'Write the CloudFormation templates, without an AWS account, network or Docker.',
  version: 'Print the version.',
};

const program = createProgram();
const [first = '', second = ''] = process.argv.slice(2);
const asked = first === 'help' ? second : first;
for (const [name, load] of Object.entries(commands)) {
  // A script for a shell is made of all of them.
  if (asked === name || asked === 'completion') (await load())(program);
  else program.command(name).description(summaries[name as keyof typeof commands]);
}

await runProgram(program);
