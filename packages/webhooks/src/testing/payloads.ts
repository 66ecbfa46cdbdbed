/** Payloads of each server in the shape of its public documentation and sources, with invented names. */

export const ZERO = '0'.repeat(40);
export const [OLD, NEW] = ['6113728f27ae82c7b1a177c8d03f9e96e0adf246', '22671f03498579348579834579834758ec39f196'];

const person = { login: 'aiko', name: 'Aiko Tanaka', username: 'aiko', email: 'aiko@example.com' };

/** GitHub's, and with small differences Gogs', Gitea's, Forgejo's and GitBucket's. */
export function gitHubShape(host: string, clonePath = '') {
  const repository = {
    id: 186853002,
    name: 'widgets',
    full_name: 'acme/widgets',
    private: true,
    owner: { ...person, login: 'acme', username: 'acme' },
    html_url: `https://${host}/acme/widgets`,
    url: `https://${host}/api/v1/repos/acme/widgets`,
    ssh_url: `git@${host}:acme/widgets.git`,
    clone_url: `https://${host}${clonePath}/acme/widgets.git`,
    default_branch: 'main',
  };
  const commit = (message: string) => ({ id: NEW, message, author: person, added: ['readme.md'] });
  const push = (ref: string, before: string, after: string, messages: string[] = ['Add a readme']) => ({
    ref,
    before,
    after,
    compare: `https://${host}/acme/widgets/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: messages.map(commit),
    repository,
    pusher: person,
    sender: person,
  });
  const change = (ref: string, ref_type: string) => ({
    ref,
    ref_type,
    pusher_type: 'user',
    repository,
    sender: person,
  });
  return {
    push,
    change,
    other: { action: 'opened', issue: { number: 7, title: 'A wish' }, repository, sender: person },
  };
}

export function gitLab(
  kind: 'push' | 'tag_push',
  ref: string,
  before: string,
  after: string,
  message = 'Add a readme',
) {
  const urls = {
    http: 'https://gitlab.example.com/tools/deep/widgets.git',
    ssh: 'git@gitlab.example.com:tools/deep/widgets.git',
  };
  return {
    object_kind: kind,
    event_name: kind,
    before,
    after,
    ref,
    checkout_sha: after === ZERO ? null : after,
    user_name: person.name,
    project_id: 15,
    project: {
      id: 15,
      name: 'Widgets of all kinds',
      web_url: 'https://gitlab.example.com/tools/deep/widgets',
      git_ssh_url: urls.ssh,
      git_http_url: urls.http,
      namespace: 'Deep',
      path_with_namespace: 'tools/deep/widgets',
      default_branch: 'main',
      url: urls.ssh,
      ssh_url: urls.ssh,
      http_url: urls.http,
    },
    commits: [{ id: NEW, message, author: { name: person.name, email: '[REDACTED]' } }],
    total_commits_count: 1,
    repository: { name: 'Widgets of all kinds', url: urls.ssh, git_http_url: urls.http, git_ssh_url: urls.ssh },
  };
}

export function gitLabSystem(changes: { before: string; after: string; ref: string }[]) {
  const { project, user_name, project_id } = gitLab('push', '', OLD, NEW);
  return {
    event_name: 'repository_update',
    user_name,
    project_id,
    project,
    changes,
    refs: changes.map(({ ref }) => ref),
  };
}

interface BitbucketChange {
  id: string;
  kind: 'BRANCH' | 'TAG';
  type: 'ADD' | 'UPDATE' | 'DELETE';
}

export function bitbucket(changes: BitbucketChange[], actor = 'Aiko Tanaka') {
  return {
    eventKey: 'repo:refs_changed',
    date: '2026-03-21T09:54:37+0900',
    actor: { name: 'aiko', displayName: actor, type: 'NORMAL' },
    repository: {
      slug: 'widgets',
      id: 2,
      name: 'Widgets',
      scmId: 'git',
      project: { key: 'ACME', id: 2, name: 'Acme', type: 'NORMAL' },
      links: {
        clone: [
          { href: 'ssh://git@bitbucket.example.com:7999/acme/widgets.git', name: 'ssh' },
          { href: 'https://bitbucket.example.com/scm/acme/widgets.git', name: 'http' },
        ],
      },
    },
    changes: changes.map(({ id, kind, type }) => ({
      ref: { id, displayId: id.split('/').at(-1), type: kind },
      refId: id,
      fromHash: type === 'ADD' ? ZERO : OLD,
      toHash: type === 'DELETE' ? ZERO : NEW,
      type,
    })),
  };
}

export function backlog(ref: string, before: string, after: string, message = 'Add a readme') {
  return {
    before,
    after,
    ref,
    repository: { url: 'https://acme.backlog.example.com/git/ACME/widgets', name: 'widgets', description: null },
    revisions: [
      { id: NEW, url: 'https://acme.backlog.example.com/git/ACME/widgets/commit/22671f', author: person, message },
    ],
  };
}

export function azure(ref: string, oldObjectId: string, newObjectId: string, comment = 'Add a readme') {
  return {
    subscriptionId: '8fd412f1-9873-4b45-8854-655b1b8a2eff',
    notificationId: 2,
    id: '09b0b950-47fa-4f45-8b65-5a22686314f8',
    eventType: 'git.push',
    publisherId: 'tfs',
    message: { text: `Aiko Tanaka pushed updates to widgets:${ref}` },
    resource: {
      commits: [{ commitId: NEW, author: person, comment }],
      refUpdates: [{ name: ref, oldObjectId, newObjectId }],
      repository: {
        id: 'ba2967cc-02c2-414c-8d10-1b99197cbaa6',
        name: 'widgets',
        url: 'https://azure.example.com/tfs/Main/_apis/git/repositories/ba2967cc-02c2-414c-8d10-1b99197cbaa6',
        project: { id: 'ab1c194f-94fa-4d1a-87ff-e9458637d060', name: 'Acme Tools', state: 'wellFormed' },
        defaultBranch: 'refs/heads/main',
        remoteUrl: 'https://azure.example.com/tfs/Main/Acme%20Tools/_git/widgets',
      },
      pushId: 4,
    },
    resourceVersion: '1.0',
    createdDate: '2026-08-09T00:45:49.3448928Z',
  };
}
