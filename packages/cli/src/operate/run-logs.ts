/** `hourglass logs`: what a task and the functions have printed. */
import { findLogSources, type PrintedLine, readLogs } from '@hourglass/operations';
import { UsageError } from '../errors.ts';
import { untilStopped } from '../until-stopped.ts';
import { withDeployment } from './connect.ts';
import { nameTask } from './name-task.ts';
import { type DeploymentOptions, type Since, sinceMs } from './options.ts';
import { oneLine, paint, printJson, printLines, say } from './print.ts';

interface LogsOptions extends DeploymentOptions {
  readonly follow?: boolean;
  readonly service?: string;
  readonly since?: Since;
  readonly limit: number;
}

const LOOK_EVERY_MS = 2_000;
const HOUR_MS = 3_600_000;
/** Lines come late: CloudWatch gives them in the order of their own times. */
const LATE_MS = 30_000;

export async function runLogs(subject: string | undefined, options: LogsOptions): Promise<void> {
  if (subject === undefined && options.service === undefined) {
    throw new UsageError('name a repository, a command or a request, or a function by --service');
  }
  await withDeployment(options, async (deployment) => {
    // Ids of requests are longer than names may be taken for; what is known as neither is taken for an id.
    const isRequest =
      subject !== undefined &&
      /^[0-9a-f]{8}-[0-9a-f-]{20,}|[#:/]/i.test(subject) &&
      !/^(mirror|command):/.test(subject);
    const about = subject === undefined || isRequest ? subject : nameTask(deployment, subject);
    const asked = { about, service: options.service };
    const { sources, sinceMs: began } = await findLogSources(deployment, asked);
    const nowMs = deployment.nowMs();
    const fromMs = sinceMs(options.since, nowMs) ?? (began === undefined ? nowMs - HOUR_MS : began - LATE_MS);
    const lines = await readLogs(deployment, sources, { sinceMs: fromMs, limit: options.limit });
    if (options.json && !options.follow) return printJson(lines.map(publish));
    show(lines, options.json);
    if (!options.follow) {
      if (lines.length === 0) say('No lines, as far as that goes.');
      return;
    }
    const seen = new Set(lines.map(({ eventId }) => eventId));
    let newestMs = Date.parse(lines.at(-1)?.at ?? new Date(fromMs).toISOString());
    let isStopped = false;
    const stopped = untilStopped().then(() => {
      isStopped = true;
    });
    while (!isStopped) {
      await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))]);
      if (isStopped) break;
      // Another run of the task has another stream.
      const again = await findLogSources(deployment, asked);
      const fresh = await readLogs(deployment, again.sources, { sinceMs: newestMs - LATE_MS, limit: options.limit });
      const unseen = fresh.filter(({ eventId }) => !seen.has(eventId));
      for (const { eventId } of unseen) seen.add(eventId);
      show(unseen, options.json);
      newestMs = Math.max(newestMs, ...unseen.map(({ at }) => Date.parse(at)));
    }
  });
}

function publish({ at, source, stream, message }: PrintedLine): PrintedLine {
  return { at, source, stream, message };
}

function show(lines: readonly PrintedLine[], json: boolean | undefined): void {
  if (json) for (const line of lines) printJson(publish(line));
  else printLines(lines.map(describeLine));
}

/** A function's line is JSON: its level and message are shown, and what the error was. */
function describeLine({ at, source, message }: PrintedLine): string {
  const head = `${paint('dim', at.slice(11, 19))}  ${source.padEnd(11)}  `;
  const { level, text } = readLine(message);
  const said = oneLine(text, 2_000);
  if (level === undefined) return head + said;
  const style = /ERROR|CRITICAL/.test(level) ? 'red' : level === 'WARN' ? 'yellow' : 'dim';
  return `${head}${paint(style, level.padEnd(5))}  ${said}`;
}

function readLine(message: string): { level: string | undefined; text: string } {
  try {
    const { level, message: text, error } = JSON.parse(message);
    if (typeof level !== 'string') return { level: undefined, text: message };
    const own = typeof text === 'string' ? text : (text?.errorMessage ?? JSON.stringify(text));
    return { level, text: error?.message === undefined ? own : `${own}: ${error.message}` };
  } catch {
    return { level: undefined, text: message };
  }
}
