/** `hourglass mirror`: the relay with a person, a pipe or a program at the other end. */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import {
  awsCredentials,
  type MirrorOptions,
  MirrorRefused,
  type MirrorResult,
  mirror,
  reachSource,
} from '@hourglass/relay';
import { ensureRepository, readCodeCommitAddress, setDefaultBranch } from '@hourglass/shared/codecommit';
import { CommandFailed, UsageError } from '../errors.ts';
import { type CredentialOptions, readCredentials } from './credentials.ts';
import { createProgressLine } from './progress-line.ts';
import { describeResult, failedReport, type MirrorReport, reportOf } from './report.ts';

export interface PlanCommandOptions extends CredentialOptions {
  readonly divergence: 'overwrite' | 'keep' | 'fail';
  readonly allowMassDelete?: boolean;
  readonly include?: string[];
  readonly exclude?: string[];
  readonly map?: string[];
  readonly sourceAddress?: string;
  readonly sourceCaBundle?: string;
  readonly sourceKnownHosts?: string;
  readonly json?: boolean;
}

export interface MirrorCommandOptions extends PlanCommandOptions {
  readonly via: 'auto' | 'relay' | 'git';
  readonly maxPackBytes?: number;
  readonly state?: string;
}

const EXIT_CODES = { mirrored: 0, unchanged: 0, failed: 1, rejected: 3 } as const;

/**
 * Mirrors, reports, and gives the exit status.
 * @throws UsageError, CommandFailed
 */
export async function runMirror(source: string, destination: string, options: MirrorCommandOptions): Promise<number> {
  const startedMs = Date.now();
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new CommandFailed('interrupted'));
  const line = process.stderr.isTTY ? createProgressLine(process.stderr) : undefined;
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const selected = selectOptions(options);
    const askSource = () => reachSource({ source, destination, ...selected, signal: interruption.signal });
    const credentials = credentialsFor(destination);
    const defaultBranch = await ofAws(destination, () =>
      ensureRepository(destination, { beforeCreation: askSource, credentials }),
    );
    const state = options.state === undefined ? undefined : await loadState(options.state, source, destination);
    const result = await mirror({
      source,
      destination,
      ...selected,
      via: options.via,
      ...(state && { rememberedTips: state.tips }),
      ...(options.maxPackBytes !== undefined && { maxPackBytes: options.maxPackBytes }),
      signal: interruption.signal,
      onProgress: (progress) => {
        if ((progress.bytes ?? 0) >= BIG_BYTES) makeNoOptimizedCode();
        line?.show(progress);
      },
    });
    line?.clear();
    const pushed = result.result === 'mirrored' || result.result === 'rejected';
    if (pushed && result.defaultBranch && result.defaultBranch !== defaultBranch) {
      const { defaultBranch: branch } = result;
      await ofAws(destination, () => setDefaultBranch(destination, branch, { credentials }));
    }
    if (result.tips.length > 0) await state?.remember(result.tips);
    return print(reportOf(result), result, options.json ?? false);
  } catch (error) {
    line?.clear();
    if (interruption.signal.aborted) throw error;
    if (!(error instanceof MirrorRefused) && !(error instanceof CommandFailed)) throw error;
    if (error instanceof MirrorRefused && error.kind === 'input') throw new UsageError(error.message);
    if (!options.json) throw new CommandFailed(error.message);
    const written = error instanceof MirrorRefused ? error.written : undefined;
    return print(failedReport(error.message, Date.now() - startedMs, written), undefined, true);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Less is through before V8 would optimize anything. */
const BIG_BYTES = 1024 * 1024;
let optimizes = true;

/** The work is the network's and git's: optimized code would save little time here, and its making takes 10 MB. */
function makeNoOptimizedCode(): void {
  if (!optimizes) return;
  optimizes = false;
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);
}

/** Of a destination in CodeCommit: those of AWS. */
function credentialsFor(destination: string) {
  const address = readCodeCommitAddress(destination);
  return address && awsCredentials(process.env, address);
}

/** A call of CodeCommit's own API; what goes wrong there is said in words. */
async function ofAws<T>(destination: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const address = readCodeCommitAddress(destination);
    if (address === undefined || error instanceof MirrorRefused) throw error;
    const { explainAws } = await import('./explain-aws.ts');
    throw explainAws(error, address.region);
  }
}

async function loadState(...given: Parameters<typeof import('./state.ts').readState>) {
  const { readState } = await import('./state.ts');
  return readState(...given);
}

/** What the relay is asked for. @throws UsageError */
export function selectOptions(options: PlanCommandOptions): Omit<MirrorOptions, 'source' | 'destination'> {
  const { divergence, include, exclude, map, allowMassDelete = false } = options;
  const { sourceAddress, sourceCaBundle, sourceKnownHosts } = options;
  const sourceNetwork = {
    ...(sourceAddress !== undefined && { address: sourceAddress }),
    ...(sourceCaBundle !== undefined && { caBundle: readable(sourceCaBundle, '--source-ca-bundle') }),
    ...(sourceKnownHosts !== undefined && { knownHosts: readable(sourceKnownHosts, '--source-known-hosts') }),
  };
  return {
    divergence,
    allowMassDelete,
    sourceNetwork,
    auth: readCredentials(options, process.env),
    ...(include && { include }),
    ...(exclude && { exclude }),
    ...(map && { map }),
  };
}

/** The file's path from the root, since git runs in a folder of its own. @throws UsageError */
function readable(file: string, option: string): string {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new UsageError(`${option}: ${(error as Error).message}`);
  }
  return resolve(file);
}

/** What was done on standard output, what went wrong on standard error; with --json the report and nothing else on standard output. */
function print(report: MirrorReport, result: MirrorResult | undefined, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else {
    const line = result && describeResult(result);
    if (line !== undefined) process.stdout.write(`${line}\n`);
    for (const { ref, reason } of report.refs.rejected)
      process.stderr.write(`hourglass: ${ref} is rejected: ${reason}\n`);
  }
  for (const warning of report.warnings) process.stderr.write(`hourglass: warning: ${warning}\n`);
  if (report.result === 'failed' && !json) throw new CommandFailed(report.message ?? 'the mirror has failed');
  return EXIT_CODES[report.result];
}
