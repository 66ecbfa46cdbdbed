/** The git command as the task uses it: no configuration but what is given here, no prompt, three protocols. */
import { WorkFailed } from './ends.ts';
import { childEnvironment } from './environment.ts';
import type { Remote } from './remote.ts';
import { type ProcessEnd, runProcess } from './run-process.ts';
import type { TaskContext } from './task-context.ts';

/** Ref name to object id. */
export type Refs = ReadonlyMap<string, string>;

/** https://docs.aws.amazon.com/codecommit/latest/userguide/setting-up-https-unixes.html */
const CODECOMMIT_CREDENTIALS = [
  '-c',
  'credential.helper=!aws codecommit credential-helper $@',
  '-c',
  'credential.UseHttpPath=true',
];

/**
 * Runs git in the scratch folder, with the credentials the remote needs and no others.
 * @throws WorkFailed if git cannot be started
 */
export function runGit(
  words: readonly string[],
  remote: Remote | undefined,
  context: TaskContext,
  input = '',
): Promise<ProcessEnd> {
  const codeCommit = remote?.isCodeCommit === true;
  return runProcess(['git', ...(codeCommit ? CODECOMMIT_CREDENTIALS : []), ...words], {
    cwd: context.scratch,
    env: {
      ...childEnvironment(context.environment, context.scratch, codeCommit),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CEILING_DIRECTORIES: context.scratch,
      GIT_TERMINAL_PROMPT: '0',
      GIT_ALLOW_PROTOCOL: 'http:https:ssh',
      // Without this, ssh would ask for a password or an unknown host's key, and wait.
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    },
    signal: context.signal,
    keepOutput: true,
    input,
  });
}

/** As `runGit`, for a command that must succeed. @throws WorkFailed with what git said */
export async function runGitOrFail(
  doing: string,
  words: readonly string[],
  remote: Remote | undefined,
  context: TaskContext,
  input = '',
): Promise<string> {
  const end = await runGit(words, remote, context, input);
  if (end.code !== 0) throw gitFailure(doing, end);
  return end.stdout;
}

/** A failure that says what was being done and what git said of it. */
export function gitFailure(doing: string, end: ProcessEnd): WorkFailed {
  const said = end.lastLines.filter((line) => line.trim() !== '' && !line.startsWith('hint:')).join('; ');
  return new WorkFailed(`${doing} failed: ${said.slice(0, 2000) || `git ended with code ${end.code}`}`);
}

/** Lists heads and tags of a remote; what is hidden or neither (refs/pull/...) is left out. @throws WorkFailed */
export async function listRefs(side: string, remote: Remote, context: TaskContext): Promise<Refs> {
  const words = ['ls-remote', '--refs', '--heads', '--tags', '--', remote.url];
  return parseRefs(await runGitOrFail(`listing the refs of the ${side}`, words, remote, context), '\t');
}

/** Reads lines of object id, separator and ref name. */
export function parseRefs(text: string, separator: string): Refs {
  const refs = new Map<string, string>();
  for (const line of text.split('\n')) {
    const at = line.indexOf(separator);
    if (at > 0) refs.set(line.slice(at + 1), line.slice(0, at));
  }
  return refs;
}
