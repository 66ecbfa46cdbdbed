/** Looks at the account before a deployment, with the checks that `hourglass doctor` makes afterwards. */
import { type AccountClients, checkAccount, readAccount, type Wrong } from '@hourglass/operations/checks';
import type { HourglassConfig } from '../config.ts';
import { needsOf } from '../needs.ts';

/** The account does not fit the configuration, with one line per fault in the message, or could not be asked. */
export class PreflightFailed extends Error {
  override readonly name = 'PreflightFailed';
}

/**
 * Throws {@link PreflightFailed} if anything stands in the way of `config` in the account of `clients`.
 * @returns what only the deployer can judge, a line each.
 */
export async function preflight(clients: AccountClients, config: HourglassConfig): Promise<string[]> {
  const needs = needsOf(config);
  const account = await readAccount(clients, needs).catch((cause: Error) => {
    const needed =
      'The preflight needs AWS_REGION (or a profile with a region) and credentials of the deployer (infra/permissions.md).';
    throw new PreflightFailed(`The account could not be asked: ${cause.message}\n${needed}`, { cause });
  });
  const found = checkAccount(needs, account);
  const faults = found.filter(({ level }) => level === 'fault').map(writeLine);
  if (faults.length > 0) throw new PreflightFailed(faults.join('\n'));
  return found.map(writeLine);
}

/** One line: the configuration's key or the resource, what is wrong with it, and what would be right. */
export function writeLine({ subject, message, mend }: Wrong): string {
  return `${subject}: ${message}; ${mend}`;
}
