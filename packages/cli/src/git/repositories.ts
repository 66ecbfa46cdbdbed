/**
 * The repositories of the local world: on-premises copies of real ones, empty stand-ins for CodeCommit, and commits pushed by nobody's
 * work tree.
 */

import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hideInAddress } from '@hourglass/relay';
import { UsageError } from '../errors.ts';
import { GitFailed, runGit } from './run-git.ts';

/** A repository that cannot be served; the message is for the person who named it. */
export class RepositoryUnusable extends UsageError {
  override readonly name = 'RepositoryUnusable';
}

export interface NewCommit {
  readonly branch: string;
  readonly message: string;
  /** Path to new content; null removes the path. */
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  /** Epoch seconds of the commit; now if not given. */
  readonly atSeconds?: number;
}

/**
 * Makes a bare copy with heads and tags, named `name` in `intoDir`, and gives its path. A local source lends its objects
 * (no copying, however big it is), so it must stay in its place while the copy is served. A detached HEAD without any branch, as
 * build machines check out, becomes the branch `main`.
 * @throws RepositoryUnusable if the source is no repository, is shallow, or has no commit
 */
export async function copyForServing(source: string | URL, intoDir: string, name: string): Promise<string> {
  const target = join(intoDir, checkName(name));
  const local = localPath(source);
  const shown = local ?? hideInAddress(String(source));
  if (local !== undefined) await checkLocalSource(local, shown);
  const words = ['clone', '--quiet', '--bare', '--template=', ...(local ? ['--shared'] : []), '--'];
  try {
    await runGit([...words, local ?? String(source), target], { configuration: 'users' });
  } catch (error) {
    throw error instanceof GitFailed ? new RepositoryUnusable(`cannot copy ${shown}: ${error.stderr}`) : error;
  }
  if (await isShallow(target)) throw shallow(shown);
  await runGit(['remote', 'remove', 'origin'], { cwd: target });
  if ((await runGit(['for-each-ref', '--count=1', 'refs/heads'], { cwd: target })) === '') {
    const head = await runGit(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { cwd: target }).catch(() => '');
    if (head === '') throw new RepositoryUnusable(`${shown} has no commit yet, so there is nothing to mirror`);
    await runGit(['update-ref', 'refs/heads/main', head.trim()], { cwd: target });
    await runGit(['symbolic-ref', 'HEAD', 'refs/heads/main'], { cwd: target });
  }
  return target;
}

/** Makes an empty bare repository named `name` in `dir` and gives its path. */
export async function createEmptyRepository(dir: string, name: string): Promise<string> {
  const target = join(dir, checkName(name));
  await runGit(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', '--', target]);
  return target;
}

/**
 * Adds a commit on top of a branch (or begins the branch, without parents) in a bare repository, and gives its object id.
 * @throws GitFailed
 */
export async function addCommit(bareRepoDir: string, commit: NewCommit): Promise<string> {
  const ref = `refs/heads/${commit.branch}`;
  const exists = await runGit(['rev-parse', '--verify', '--quiet', ref], { cwd: bareRepoDir }).catch(() => '');
  if (exists === '') await runGit(['check-ref-format', ref]);
  const parts: (string | Uint8Array)[] = [
    `commit ${ref}\nmark :1\n`,
    `committer Hourglass <hourglass@example.invalid> ${commit.atSeconds ?? Math.floor(Date.now() / 1000)} +0000\n`,
    ...data(commit.message),
    ...(exists === '' ? [] : [`from ${ref}^0\n`]),
  ];
  for (const [path, content] of Object.entries(commit.files)) {
    const quoted = `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
    if (content === null) parts.push(`D ${quoted}\n`);
    else parts.push(`M 100644 inline ${quoted}\n`, ...data(content));
  }
  const input = Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const words = ['fast-import', '--quiet', '--done'];
  return (await runGit(words, { cwd: bareRepoDir, input: Buffer.concat([input, TOLD_AND_DONE]) })).trim();
}

/** The commit's id is written to standard output. */
const TOLD_AND_DONE = Buffer.from('get-mark :1\ndone\n');

function data(content: string | Uint8Array): (string | Uint8Array)[] {
  const bytes = Buffer.from(content as string);
  return [`data ${bytes.length}\n`, bytes, '\n'];
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/.test(name)) return name;
  throw new RepositoryUnusable(
    `${JSON.stringify(name)} cannot name a repository: letters, digits, ".", "_" and "-", at most 100, not "." or "-" first`,
  );
}

function localPath(source: string | URL): string | undefined {
  const text = String(source);
  if (text.startsWith('file:')) return fileURLToPath(text);
  const remote = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^[^/\\]+@[^/\\]+:/.test(text);
  return remote ? undefined : resolve(text);
}

async function checkLocalSource(path: string, shown: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new RepositoryUnusable(`${shown} is not a folder`);
  try {
    if (await isShallow(path)) throw shallow(shown);
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    if (!/not a git repository/i.test(error.stderr))
      throw new RepositoryUnusable(`cannot read ${shown}: ${error.stderr}`);
    throw new RepositoryUnusable(`${shown} is not a git repository: stand in one, or name one by --source`);
  }
}

async function isShallow(path: string): Promise<boolean> {
  const answer = await runGit(['rev-parse', '--is-shallow-repository'], { cwd: path, configuration: 'users' });
  return answer.trim() === 'true';
}

function shallow(shown: string): RepositoryUnusable {
  return new RepositoryUnusable(
    `${shown} is a shallow clone, which holds only a part of its history; run "git fetch --unshallow" in it first`,
  );
}
