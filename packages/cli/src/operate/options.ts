/** What every command for operators takes. */
import { type Command, InvalidArgumentError } from 'commander';

export interface DeploymentOptions {
  readonly deployment?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
  readonly json?: boolean;
}

const EXIT_STATUS =
  'Exit status: 0 done (--watch, --follow and console are, when Ctrl-C ends them), 1 it could not be done or has failed, 2 bad usage, 130 interrupted by Ctrl-C before it was done.';

export function addDeploymentOptions(command: Command, json = 'print one JSON document on standard output'): Command {
  return command
    .option('--deployment <name>', 'which deployment (default: HOURGLASS_DEPLOYMENT, or the only one there is)')
    .option('--profile <name>', "a profile of AWS's configuration files")
    .option('--region <region>', "its AWS Region (default: AWS's own configuration)")
    .option('--endpoint-url <url>', 'where every AWS API is, as with the AWS CLI')
    .option('--json', json)
    .addHelpText(
      'after',
      `\nWithout --profile and --endpoint-url, a running hourglass local on this machine is found by itself.\n${EXIT_STATUS}`,
    );
}

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A length of time such as 90s, 15m, 2h or 7d, or a number of seconds; in seconds. */
export function parseSeconds(text: string): number {
  const [, number = '', unit = 's'] = /^(\d{1,9})([smhd]?)$/.exec(text.trim()) ?? [];
  if (number === '') throw new InvalidArgumentError('It must be a length of time such as 90s, 15m, 2h or 7d.');
  return Number(number) * (UNITS[unit as keyof typeof UNITS] ?? 1);
}

/** A point in time: how long ago, or a date or time in ISO 8601, in UTC unless it says otherwise. */
export type Since = { readonly secondsAgo: number } | { readonly atMs: number };

export function parseSince(text: string): Since {
  if (/^\d{1,9}[smhd]$/.test(text.trim())) return { secondsAgo: parseSeconds(text) };
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/.test(text);
  const atMs = Date.parse(isDate || hasZone ? text : `${text}Z`);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(atMs)) {
    throw new InvalidArgumentError(
      'It must be a length of time such as 24h or 7d, or a date or time such as 2026-11-27 or 2026-11-27T10:00Z.',
    );
  }
  return { atMs };
}

export function sinceMs(since: Since | undefined, nowMs: number): number | undefined {
  if (since === undefined) return undefined;
  return 'atMs' in since ? since.atMs : nowMs - since.secondsAgo * 1_000;
}

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= 10_000) return limit;
  throw new InvalidArgumentError('It must be a whole number from 1 to 10000.');
}
