/** `hourglass plan`: a mirror that writes nothing but what it would do. */
import { type MirrorPlan, MirrorRefused, plan } from '@hourglass/relay';
import { CommandFailed, UsageError } from '../errors.ts';
import { type PlanCommandOptions, selectOptions } from './run-mirror.ts';

/** @returns the exit status. @throws UsageError, CommandFailed */
export async function runPlan(source: string, destination: string, options: PlanCommandOptions): Promise<number> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new CommandFailed('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const made = await plan({ source, destination, ...selectOptions(options), signal: interruption.signal });
    process.stdout.write(options.json ? `${JSON.stringify(made)}\n` : describePlan(made));
    for (const warning of made.warnings ?? []) process.stderr.write(`hourglass: warning: ${warning}\n`);
    if (made.refused !== undefined && !options.json) throw new CommandFailed(made.refused);
    return made.refused === undefined ? 0 : 1;
  } catch (error) {
    if (error instanceof MirrorRefused && error.kind === 'input') throw new UsageError(error.message);
    if (!(error instanceof Error) || !/^(MirrorRefused|RelayFailed|ProtocolViolation)$/.test(error.name)) throw error;
    if (!options.json) throw new CommandFailed(error.message);
    process.stdout.write(`${JSON.stringify({ result: 'failed', message: error.message })}\n`);
    return 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** A line for each ref, then one with the counts. */
export function describePlan({ actions, unchanged }: MirrorPlan): string {
  const short = (oid: string | undefined) => (oid === undefined ? 'none' : oid.slice(0, 12)).padEnd(12);
  const lines = actions.map(
    (one) => `${one.action.padEnd(6)}  ${short(one.old)}  ${short(one.new)}  ${one.ref}: ${one.reason}`,
  );
  const count = (action: string) => actions.filter((one) => one.action === action).length;
  const counts = `${count('create')} to create, ${count('update')} to update, ${count('delete')} to delete, ${count('keep')} to keep`;
  return `${[...lines, `${counts}; ${unchanged} unchanged`].join('\n')}\n`;
}
