/**
 * GitLab: hooks of projects and groups, and system hooks.
 *
 * Sends: `X-Gitlab-Event`, `Idempotency-Key` (kept over retries; older versions have only `X-Gitlab-Event-UUID`), JSON. A system hook has the
 * event "System Hook" whatever happened, so the body decides: `object_kind`, or `event_name` alone. `repository_update` comes once a push with all
 * its refs. There is no ping: the test button sends a real push.
 * Signs: with a signing token (`whsec_…`) as Standard Webhooks do; otherwise `X-Gitlab-Token` is the secret itself. Both may come together; who
 * has a signing token here does not go by the plain one.
 * Loses: pushes of more than three branches or tags (all of them), bodies over 25 MiB. Counts 4xx as failures: four in a row pause a
 * hook, forty end it. Waits 10 s.
 * https://docs.gitlab.com/user/project/integrations/webhook_events/ · https://docs.gitlab.com/administration/system_hooks/
 * https://github.com/gitlabhq/gitlabhq: app/services/web_hook_service.rb · https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944
 */
import type { Delivery, NamedRepository, Reading, Server } from './delivery.ts';
import { distinct, type Fields, field, listAt, textAt } from './fields.ts';
import { plain } from './github-shape.ts';
import { filledHeader, header } from './headers.ts';
import { changesOf } from './refs.ts';
import { verifyToken } from './secrets.ts';
import { verifySignatureOr } from './standard-webhooks.ts';

export const gitlab: Server = {
  title: 'GitLab',
  verify: (delivery) =>
    verifySignatureOr(delivery, ({ headers, secrets }) =>
      verifyToken(header({ headers }, 'x-gitlab-token'), secrets, 'the header X-Gitlab-Token'),
    ),
  deliveryId: (delivery) =>
    ['idempotency-key', 'webhook-id', 'x-gitlab-event-uuid']
      .map((name) => filledHeader(delivery, name))
      .find((id) => id !== undefined),
  read,
};

/** What the header calls an event, where a template of the hook's own has left it out of the body. */
const kindsByHeader: Record<string, string> = { 'Push Hook': 'push', 'Tag Push Hook': 'tag_push' };

function read(payload: Fields, delivery: Delivery): Reading {
  const named = header(delivery, 'x-gitlab-event') ?? '';
  const kind =
    textAt(payload, 'object_kind') ??
    textAt(payload, 'event_name') ??
    (Object.hasOwn(kindsByHeader, named) ? kindsByHeader[named] : undefined);
  const repository = repositoryOf(payload);
  if (kind === 'push' || kind === 'tag_push') {
    return { outcome: 'push', repository, refs: changesOf(payload), why: null };
  }
  if (kind === 'repository_update') {
    const changes = changesOf(...listAt(payload, 'changes'));
    const known = new Set(changes.map(({ ref }) => ref));
    const others = listAt(payload, 'refs').filter((ref) => typeof ref === 'string' && !known.has(ref));
    const refs = [...changes, ...others.map((ref) => ({ ref: String(ref), deleted: false }))];
    return { outcome: 'push', repository, refs, why: null };
  }
  if (kind === undefined && named === '') {
    return { outcome: 'unreadable', why: 'Neither X-Gitlab-Event nor the body says what happened.' };
  }
  return { outcome: 'ignored', why: `The event "${plain(kind ?? named)}" changes no branch and no tag.` };
}

function repositoryOf(payload: Fields): NamedRepository {
  const [project, repository] = [field(payload, 'project'), field(payload, 'repository')];
  const path = textAt(project, 'path_with_namespace');
  const url = (...names: string[]) =>
    names.map((name) => textAt(project, name) ?? textAt(repository, name)).find((found) => found !== undefined);
  const cloneUrls = distinct([url('git_http_url', 'http_url'), url('git_ssh_url', 'ssh_url')]);
  return {
    names: distinct([path, path?.split('/').at(-1)]),
    cloneUrls: cloneUrls.length > 0 ? cloneUrls : distinct([textAt(repository, 'url') ?? textAt(project, 'url')]),
  };
}
