/**
 * Backlog (Nulab): a repository's Git webhook, and the "Git Push" of a project's webhook.
 *
 * Sends: a form with the field `payload`: `before`, `after`, `ref`, `repository {url, name, description}`, `revisions`. A project's webhook sends JSON, where
 * `type` 12 is a push and names no address. No event, no id.
 * Signs nothing: the secret stands in the address that is pasted there, as `?token=…` or as its last part. Use HTTPS.
 * Tries again after a 5xx, perhaps. Takes no private address.
 * https://support.nulab.com/hc/en-us/articles/8752305095577 · https://developer.nulab.com/docs/backlog/api/2/get-recent-updates/
 */
import { addressToken } from './address-token.ts';
import type { Reading, Server } from './delivery.ts';
import { distinct, type Fields, field, textAt } from './fields.ts';
import { changesOf } from './refs.ts';
import { verifyToken } from './secrets.ts';

const GIT_PUSH = 12;

export const backlog: Server = {
  title: 'Backlog',
  verify: (delivery) =>
    verifyToken(addressToken(delivery), delivery.secrets, 'the address (?token=… or its last part)'),
  deliveryId: () => undefined,
  read: (payload) => (typeof field(payload, 'type') === 'number' ? readProjectEvent(payload) : readPush(payload)),
};

function readPush(payload: Fields): Reading {
  const repository = field(payload, 'repository');
  const refs = changesOf(payload);
  const names = distinct([textAt(repository, 'name')]);
  const cloneUrls = distinct([textAt(repository, 'url')]);
  if (refs.length === 0 && names.length + cloneUrls.length === 0) {
    return { outcome: 'ignored', why: 'The body names neither a ref nor a repository, so it is no push.' };
  }
  return { outcome: 'push', repository: { names, cloneUrls }, refs, why: null };
}

/** What happens in a project; of all this only a push changes a branch or a tag. */
function readProjectEvent(payload: Fields): Reading {
  const type = field(payload, 'type');
  if (type !== GIT_PUSH) {
    return { outcome: 'ignored', why: `The project's event of type ${type} changes no branch and no tag.` };
  }
  const content = field(payload, 'content');
  const [project, name] = [textAt(payload, 'project', 'projectKey'), textAt(content, 'repository', 'name')];
  const ref = textAt(content, 'ref');
  const refs = ref === undefined ? [] : [{ ref, deleted: field(content, 'change_type') === 'delete' }];
  const names = distinct([project && name && `${project}/${name}`, name]);
  return { outcome: 'push', repository: { names, cloneUrls: [] }, refs, why: null };
}
