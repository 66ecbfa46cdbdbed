/**
 * Says at the commits that a mirror has carried what became of them: "mirrored to CodeCommit in 4 s". A server that does not answer, or does not
 * know the commit, takes nothing from the mirror: it is logged, and an answer that may pass makes Lambda try again.
 */
import { RetryableError } from '@hourglass/shared';
import type { Ended } from './commits.ts';
import type { NotifierConfig } from './config.ts';
import { type CommitStatus, statusRequest } from './status-request.ts';

/** A push of many branches is not a flood of calls. */
export const MAX_COMMITS = 10;
const TIMEOUT_MS = 5_000;

export interface StatusEffects {
  hosts: NotifierConfig['COMMIT_STATUS'];
  sources: NotifierConfig['REPOSITORY_SOURCES'];
  /** The ids that the mirror of this request has brought or would have brought to its destination, the first of them. */
  commitsOf(ended: Ended): Promise<readonly string[]>;
  readToken(parameter: string): Promise<string>;
  /** As the global `fetch`. */
  fetch(request: Request, options: { signal: AbortSignal }): Promise<Response>;
  warn(message: string): void;
}

export interface Outcome extends Ended {
  readonly state: CommitStatus['state'];
  readonly description: string;
}

/** @throws RetryableError if a server did not answer, or with a 5xx or 429 */
export async function setCommitStatus(outcome: Outcome, effects: StatusEffects): Promise<void> {
  const where = locate(outcome.taskKey, effects);
  if (!where) return;
  const { host, path } = where;
  const commits = (await effects.commitsOf(outcome)).slice(0, MAX_COMMITS);
  if (commits.length === 0) return;
  const token = await effects.readToken(host.parameter);
  const { state, description } = outcome;
  for (const commit of commits) {
    const request = statusRequest(host.server, host.api, token, { path, commit, state, description });
    await send(request, effects);
  }
}

/** Of a repository whose server takes statuses. */
function locate(taskKey: string, { hosts, sources }: StatusEffects) {
  const source = sources[taskKey.replace(/^mirror:/, '')];
  if (!taskKey.startsWith('mirror:') || source === undefined) return undefined;
  const { hostname, port, pathname } = new URL(asUrl(source));
  const host = hosts[port === '' ? hostname : `${hostname}:${port}`] ?? hosts[hostname];
  const path = decodeURIComponent(pathname).replace(/^\/+|(?:\.git)?\/*$/g, '');
  return host && { host, path };
}

/** `git@host:group/app.git` as an address. */
function asUrl(source: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return source;
  const [, host = '', path = ''] = /^(?:[^@/]+@)?([^:/]+):(.*)$/.exec(source) ?? [];
  return `ssh://${host}/${path.replace(/^\/+/, '')}`;
}

async function send(request: Request, { fetch, warn }: StatusEffects): Promise<void> {
  const { origin, pathname } = new URL(request.url);
  const where = `${origin}${pathname}`;
  const answer = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: Error) => {
    throw new RetryableError(
      `${where} gave no answer: ${(error.cause as Error | undefined)?.message ?? error.message}`,
    );
  });
  if (answer.ok) return;
  const words = (await answer.text()).slice(0, 200).replace(/\s+/g, ' ');
  // GitLab does not let a status become what it is already.
  if (answer.status === 400 && words.includes('Cannot transition status')) return;
  if (answer.status >= 500 || answer.status === 429) throw new RetryableError(`${where} answered ${answer.status}`);
  warn(`The commit status was refused: ${where} answered ${answer.status}: ${words}`);
}
