/**
 * The call that sets a commit status, server by server.
 *
 * GitHub: https://docs.github.com/en/rest/commits/statuses#create-a-commit-status
 * GitLab: https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 * Gitea, Forgejo: https://docs.gitea.com/api/#tag/repository/operation/repoCreateStatus
 */
export const statusServers = ['github', 'gitlab', 'gitea', 'forgejo'] as const;
export type StatusServer = (typeof statusServers)[number];

/** By this name the server knows our status from those of others, and replaces the one before. */
const CONTEXT = 'hourglass';
/** GitHub takes 140 characters, the others more. */
const MAX_DESCRIPTION = 140;

export interface CommitStatus {
  /** Path of the repository on its server, without `.git`: `group/app`. */
  readonly path: string;
  readonly commit: string;
  readonly state: 'success' | 'failure';
  readonly description: string;
}

/** @param api the server's API, without a slash at the end */
export function statusRequest(server: StatusServer, api: string, token: string, status: CommitStatus): Request {
  const { path, commit, state } = status;
  const description =
    status.description.length > MAX_DESCRIPTION
      ? `${status.description.slice(0, MAX_DESCRIPTION - 1)}…`
      : status.description;
  if (server === 'gitlab') {
    const url = `${api}/projects/${encodeURIComponent(path)}/statuses/${commit}`;
    const body = { state: state === 'success' ? 'success' : 'failed', name: CONTEXT, description };
    return post(url, { 'private-token': token }, body);
  }
  const segments = path.split('/').map(encodeURIComponent).join('/');
  const authorization = server === 'github' ? `Bearer ${token}` : `token ${token}`;
  return post(
    `${api}/repos/${segments}/statuses/${commit}`,
    { authorization },
    { state, context: CONTEXT, description },
  );
}

function post(url: string, credentials: Record<string, string>, body: object): Request {
  return new Request(url, {
    method: 'POST',
    headers: {
      ...credentials,
      accept: 'application/json',
      'content-type': 'application/json',
      // GitHub refuses a request without one.
      'user-agent': 'hourglass',
    },
    body: JSON.stringify(body),
  });
}
