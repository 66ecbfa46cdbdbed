/** An operator at the deployment through its hour: every command as a process of its own, and what each must answer there. */
import { CreateLogStreamCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { DeadLetter, Finding, HistoryEntry, PrintedLine, RequestLife, Status } from '@hourglass/operations';
import type { Clients } from './clients.ts';
import type { Command } from './hourglass-command.ts';
import { type Steps, waitFor } from './steps.ts';

export interface Operated {
  clients: Clients;
  steps: Steps;
  command: Command;
  deployment: string;
  sourceHost: string;
}

/** On a busy machine a command takes seconds to start. */
const SOON_S = 120;

export function createOperator({ clients, steps, command, deployment, sourceHost }: Operated) {
  const status = () => command.json<Status>('status');
  const show = async (requestId: string): Promise<RequestLife> => {
    const shown = await command.json<RequestLife | RequestLife[]>('show', requestId);
    const [life] = [shown].flat();
    if (life === undefined) throw new Error(`nothing is shown of ${requestId}`);
    return life;
  };
  const must = (isSo: boolean, otherwise: unknown) => {
    if (!isSo) throw new Error(typeof otherwise === 'string' ? otherwise : JSON.stringify(otherwise));
  };
  let asked = '';

  return {
    status,
    async seesItEmpty() {
      await steps.check('hourglass status: closed, and nothing waits', async () => {
        const { phase, pending, deadLetters, next, alarms, cost } = await status();
        must(phase === 'closed' && pending === 0 && deadLetters === 0, { phase, pending, deadLetters });
        const { stdout } = await command('status');
        must(stdout.includes(`${deployment} in`), stdout);
        return `next: ${next.what}; alarms ${alarms === null ? 'not read' : alarms.length}; $${cost.usd?.anchored} this month`;
      });
      await steps.check('hourglass history: empty', async () => {
        must((await command.json<HistoryEntry[]>('history')).length === 0, 'there is history');
        return 'no entry';
      });
      await steps.check('hourglass doctor: every check answers, and none by a stack trace', async () => {
        const findings = await command.findings<Finding[]>('doctor');
        const of = (level: string) => findings.filter((one) => one.level === level);
        const unchecked = findings.filter(({ message }) => message.startsWith('not checked'));
        for (const { check, message } of unchecked) steps.lack(`doctor’s check ${check}: ${message}`);
        for (const [check, messages] of Map.groupBy(of('fault'), (one) => one.check))
          steps.lack(`doctor’s check ${check} finds ${messages.length} faults, such as: ${messages[0]?.message}`);
        must(of('ok').length > 0, findings);
        return `${of('ok').length} ok, ${of('warning').length} warnings, ${of('fault').length} faults; ${unchecked.length} not checked`;
      });
      await steps.check('what an operator gets wrong is said in one sentence', async () => {
        const other = await command.refusal('status', '--deployment', 'another');
        const region = await command.refusal('status', '--region', 'eu-west-1');
        const nobody = await command.refusal('status', '--endpoint-url', 'http://127.0.0.1:9');
        const request = await command.refusal('show', 'no-such-request');
        must(/no deployment another/.test(other), other);
        must(/no deployment of Hourglass in eu-west-1/.test(region), region);
        must(/cannot be reached/.test(nobody), nobody);
        return [other, request].join(' | ');
      });
    },

    async pauses() {
      await steps.check('hourglass pause: the lease says so', async () => {
        const { stdout } = await command('pause');
        const { paused } = await status();
        must(paused.since !== null, paused);
        return stdout.trim();
      });
      await steps.check('hourglass request mirror: it waits, and nothing opens while paused', async () => {
        const answer = await command.json<{ requestId: string }>(
          'request',
          'mirror',
          'asked',
          '--source',
          `https://${sourceHost}/asked`,
        );
        asked = answer.requestId;
        const seen = await waitFor('the request', SOON_S, async () => {
          const now = await status();
          return now.pending === 1 ? now : undefined;
        });
        must(seen.phase === 'closed' && seen.waiting[0]?.requestId === asked, seen);
        const { state, door } = await show(asked);
        must((state === 'waiting' || state === 'held') && door === 'operator', { state, door });
        return `${asked} is ${state}, by the door ${door}; next: ${seen.next.what}`;
      });
    },

    async resumes() {
      await steps.check('hourglass resume: what waited opens the lease', async () => {
        const { stdout } = await command('resume');
        const seen = await status();
        must(seen.paused.since === null && seen.phase !== 'closed', seen);
        return `${stdout.trim()}; ${seen.phase}, next: ${seen.next.what}`;
      });
    },

    async seesItOpen() {
      await steps.check('hourglass status: open, with the minutes that are left, and what runs', async () => {
        const { phase, minutesLeft, runs, next } = await status();
        must(phase === 'open' && (minutesLeft ?? 0) > 30 && runs.length === 3, { phase, minutesLeft, runs });
        return `${minutesLeft} minutes left; runs ${runs.map(({ task }) => task).join(', ')}; next: ${next.what}`;
      });
      await steps.check('hourglass status --watch: again and again, until Ctrl-C', async () => {
        const child = command.start('status', '--watch', '--json');
        let printed = '';
        child.stdout.on('data', (part: Buffer) => {
          printed += part.toString();
        });
        const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
        await waitFor('two statuses', SOON_S, async () => (printed.split('\n').length > 2 ? true : undefined));
        child.kill('SIGINT');
        const code = await ended;
        const lines = printed.trim().split('\n');
        for (const line of lines) must((JSON.parse(line) as Status).phase === 'open', line);
        return `${lines.length} statuses, then exit status ${code}`;
      });
    },

    /** What the container would have printed goes where its log driver would have put it. */
    async readsWhy(task: string, line: string) {
      const { runs } = await status();
      const run = runs.find((one) => one.task === task);
      const { logGroup, logStream, state } = await show(run?.requestId ?? '');
      must(state === 'running' && logGroup !== null && logStream !== null, { state, logGroup, logStream });
      const stream = { logGroupName: logGroup ?? '', logStreamName: logStream ?? '' };
      await clients.logs.send(new CreateLogStreamCommand(stream));
      const logEvents = [{ timestamp: Date.now(), message: line }];
      await clients.logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
      steps.inject('a line of a task’s log, in the stream of its log driver: no container runs');
      return run?.requestId ?? '';
    },

    async readsTheFailure(task: string, requestId: string, line: string) {
      await steps.check('hourglass history --failed, show and logs say why', async () => {
        const failed = await waitFor('the failure', SOON_S, async () => {
          const entries = await command.json<HistoryEntry[]>('history', '--failed');
          return entries.find((entry) => entry.requestId === requestId);
        });
        const { state, attempts, steps: life } = await show(requestId);
        must(state === 'failed' && attempts.length === 1, { state, attempts });
        const ofTask = await command.json<PrintedLine[]>('logs', task.replace('mirror:', ''));
        must(
          ofTask.some(({ message, source }) => source === 'task' && message === line),
          ofTask,
        );
        const ofRequest = await command.json<PrintedLine[]>('logs', requestId);
        must(
          ofRequest.some(({ message }) => message === line),
          ofRequest,
        );
        const names = [...new Set(ofRequest.map(({ source }) => source))];
        return `${failed.reason}; ${life.length} steps; the request’s lines are of ${names.join(', ')}`;
      });
      await steps.check('hourglass logs --service: a function’s own lines', async () => {
        const lines = await command.json<PrintedLine[]>('logs', '--service', 'runner');
        must(lines.length > 0, 'no line');
        const refusal = await command.refusal('logs', '--service', 'nobody');
        return `${lines.length} lines; of one that there is not: ${refusal}`;
      });
    },

    async replays(task: string, requestId: string) {
      await steps.check('hourglass replay: the dead letter, with its attempts and reason', async () => {
        const letters = await command.json<DeadLetter[]>('replay');
        const letter = letters.find((one) => one.requestId === requestId);
        must(letter?.kind === 'failed' && letter.attempts === 1, letters);
        return `${letter?.task} after ${letter?.attempts} attempt: ${letter?.reason}`;
      });
      await steps.check('hourglass replay --all: SQS’s own move, or one sentence', async () => {
        const refusal = await command.refusal('replay', '--all');
        steps.lack(`SQS StartMessageMoveTask, which hourglass replay --all asks: “${refusal}”`);
        return refusal;
      });
      await steps.check('hourglass replay NAME: brings it back', async () => {
        const { replayed, requestIds } = await command.json<{ replayed: number; requestIds: string[] }>(
          'replay',
          task.replace('mirror:', ''),
        );
        must(replayed === 1, { replayed, requestIds });
        return requestIds.join(', ');
      });
    },

    async discards(what: string, kind: DeadLetter['kind']) {
      await steps.check(`hourglass discard: ${what}`, async () => {
        const letter = await waitFor('its dead letter', SOON_S, async () =>
          (await command.json<DeadLetter[]>('replay')).find((one) => one.kind === kind),
        );
        const id = letter.requestId ?? letter.messageId;
        await command('discard', id, '--reason', 'of no use any more');
        const left = (await command.json<DeadLetter[]>('replay')).filter((one) => one.kind === kind);
        must(left.length === 0, left);
        return `${id}: ${letter.reason}`;
      });
    },

    async closes() {
      await steps.check('hourglass close: the endpoints go, long before the paid hour ends', async () => {
        const { stdout } = await command('close');
        const { phase, next } = await waitFor('the teardown', SOON_S, async () => {
          const now = await status();
          return now.phase === 'closing' ? now : undefined;
        });
        return `${stdout.trim()}; ${phase}, next: ${next.what}`;
      });
    },

    async looksBack() {
      await steps.check('hourglass bill: says in one sentence that there is no Cost Explorer', async () => {
        const refusal = await command.refusal('bill');
        must(/CostExplorer GetCostAndUsage/.test(refusal), refusal);
        steps.lack(`Cost Explorer, which hourglass bill reads: “${refusal}”`);
        return refusal;
      });
      await steps.check('hourglass history and export: the hour', async () => {
        const entries = await command.json<HistoryEntry[]>('history');
        const csv = (await command('export')).stdout.trim().split('\n');
        const ndjson = (await command('export', '--format', 'ndjson')).stdout.trim().split('\n');
        must(entries.length >= 4 && csv.length === entries.length + 1 && ndjson.length === entries.length, {
          entries,
          csv,
          ndjson,
        });
        return entries.map(({ task, result }) => `${task} ${result}`).join(', ');
      });
    },
  };
}
