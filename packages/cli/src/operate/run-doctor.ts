/** `hourglass doctor`: every check, what is wrong first said by its name, and how to mend it. Exit status 1 if there is a fault. */
import { count } from '@hourglass/cost';
import { type Deployment, examine, type Finding } from '@hourglass/operations';
import { withDeployment } from './connect.ts';
import type { DeploymentOptions } from './options.ts';
import { columns, oneLine, paint, printJson, printLines } from './print.ts';

const ANSWER_WITHIN_MS = 10_000;

const styles = { ok: 'green', warning: 'yellow', fault: 'red' } as const;

export async function runDoctor(options: DeploymentOptions): Promise<void> {
  await withDeployment(options, async (deployment) => {
    const endpoint = await findEndpoint(deployment);
    const found = await examine(deployment, {
      post: (url, body) =>
        fetch(endpoint === undefined ? url : throughEndpoint(url, endpoint), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
          redirect: 'manual',
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        }),
      // The clock of a simulated AWS runs as it likes.
      ...(endpoint === undefined && { localNowMs: Date.now() }),
    });
    const faults = found.filter(({ level }) => level === 'fault').length;
    const warnings = found.filter(({ level }) => level === 'warning').length;
    if (faults > 0) process.exitCode = 1;
    if (options.json) return printJson(found);
    printLines(describe(found));
    printLines(['', summarize(faults, warnings, found.length)]);
  });
}

/** Where AWS's APIs are, if not at AWS. */
async function findEndpoint({ clients }: Deployment): Promise<string | undefined> {
  const { endpoint } = (await clients.ec2()).config;
  if (endpoint === undefined) return undefined;
  const { protocol, hostname, port } = await endpoint();
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}

/** A simulated HTTP API answers below `/_api/<id>`, whatever its own address is. */
function throughEndpoint(url: string, endpoint: string): string {
  const { hostname, pathname } = new URL(url);
  return `${endpoint}/_api/${hostname.split('.')[0]}${pathname}`;
}

function describe(found: readonly Finding[]): string[] {
  const rows = found.map(({ level, check, subject, message }) => [
    paint(styles[level], level),
    check,
    level === 'ok' ? paint('dim', message) : oneLine(`${subject}: ${message}`, 1_000),
  ]);
  const lines = columns(rows);
  return found.flatMap(({ mend }, index) => [
    lines[index] ?? '',
    ...(mend === null ? [] : [`         ${paint('cyan', '→')} ${oneLine(mend, 1_000)}`]),
  ]);
}

function summarize(faults: number, warnings: number, all: number): string {
  if (faults + warnings === 0) return `All ${all} checks are well.`;
  return `${count(faults, 'fault')}, ${count(warnings, 'warning')}.`;
}
