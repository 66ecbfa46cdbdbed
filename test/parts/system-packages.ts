/** Parts that the system's own package manager has: installed where this process may, else printed as a command. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A package's names, by the program that installs it; of several for apt, the first that it knows. */
export interface PackageNames {
  readonly apt: readonly string[];
  readonly dnf: string;
  readonly brew: string;
}

const ENVIRONMENT = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
// Another run of apt may hold the lock.
const APT = ['-q', '-y', '-o', 'DPkg::Lock::Timeout=300'];

/**
 * Installs a package by apt, if this process is root; one line says so before.
 * @param why what it is for, as the end of a sentence
 * @throws {Error} if it may not, or apt fails
 */
export async function installByApt({ apt }: PackageNames, why: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Error('only root may install packages');
  if (!(await runs('apt-get', '--version'))) throw new Error('there is no apt-get');
  await oneAtATime(async () => {
    const name = await chooseByApt(apt);
    console.error(`Installing ${name} by apt-get: ${why}.`);
    await asWords(run('apt-get', ['install', ...APT, '--no-install-recommends', name], { env: ENVIRONMENT }));
  });
}

/** How a person installs it on this machine. */
export async function describeInstallation({ apt, dnf, brew }: PackageNames): Promise<string> {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  if (process.platform === 'darwin') return `brew install ${brew}`;
  if (await runs('apt-get', '--version')) {
    const name = await chooseKnown(apt);
    return `${sudo}apt-get update && ${sudo}apt-get install -y ${name ?? apt[0]}`;
  }
  if (await runs('dnf', '--version')) return `${sudo}dnf install ${dnf}`;
  return `install ${apt[0]}, or what your system calls it`;
}

/** Whether a program is there and works. */
export async function runs(program: string, ...words: string[]): Promise<boolean> {
  return await run(program, words).then(
    () => true,
    () => false,
  );
}

let updated: Promise<unknown> | undefined;

async function chooseByApt(names: readonly string[]): Promise<string> {
  updated ??= asWords(run('apt-get', ['update', ...APT], { env: ENVIRONMENT }));
  await updated;
  const name = await chooseKnown(names);
  if (name === undefined) throw new Error(`apt-get knows no ${names.join(', no ')}`);
  return name;
}

async function chooseKnown(names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    const { stdout } = await run('apt-cache', ['policy', name], { env: ENVIRONMENT }).catch(() => ({ stdout: '' }));
    if (/Candidate: (?!\(none\))/.test(stdout)) return name;
  }
  return undefined;
}

/** The parts are looked for side by side, and apt does one thing at a time. */
let last: Promise<unknown> = Promise.resolve();
async function oneAtATime(work: () => Promise<void>): Promise<void> {
  const mine = last.then(work);
  last = mine.catch(() => undefined);
  await mine;
}

async function asWords(command: Promise<unknown>): Promise<void> {
  await command.catch((error: Error & { stderr?: string }) => {
    const lines = (error.stderr ?? '').split('\n').filter((line) => line.startsWith('E: '));
    throw new Error(`apt-get failed: ${lines[0]?.slice(3) ?? error.message.split('\n')[0]}`);
  });
}
