/**
 * Bitbucket Data Center and Server.
 *
 * Sends: `X-Event-Key`, `X-Request-Id`, JSON whose content type has a charset. A push is `repo:refs_changed` with the list `changes`;
 * `mirror:repo_synchronized` is the same of a mirror, and its list may be left out.
 * Signs: `X-Hub-Signature: sha256=<hex>`, HMAC-SHA256 over the body (GitHub's header of this name is SHA-1). Basic authentication instead of a secret
 * is taken where no signature is sent: then the secret here is `user:password`. The connection test, `diagnostics:ping`, is never signed, and so
 * never means anything else.
 * Loses: five failures in a row skip deliveries for 10 s, up to 10 h.
 * https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html · https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html
 */
import { verifyBasic } from './basic.ts';
import type { NamedRepository, Reading, RefChange, Server } from './delivery.ts';
import { distinct, type Fields, field, listAt, textAt } from './fields.ts';
import { plain } from './github-shape.ts';
import { filledHeader, header } from './headers.ts';
import { isDeletion } from './refs.ts';
import { verifyHmac } from './secrets.ts';

const PING = 'diagnostics:ping';

export const bitbucket: Server = {
  title: 'Bitbucket',
  verify: (delivery) =>
    header(delivery, 'x-hub-signature') === undefined && header(delivery, 'authorization') !== undefined
      ? verifyBasic(delivery)
      : verifyHmac(delivery, { name: 'X-Hub-Signature', prefix: 'sha256=' }, delivery.body),
  isUnsignedPing: (delivery) =>
    header(delivery, 'x-event-key') === PING && header(delivery, 'x-hub-signature') === undefined,
  deliveryId: (delivery) => filledHeader(delivery, 'x-request-id'),
  // The body is signed, the header is not.
  read: (payload, delivery) => read(textAt(payload, 'eventKey') ?? filledHeader(delivery, 'x-event-key'), payload),
};

function read(event: string | undefined, payload: Fields): Reading {
  if (event === undefined) {
    return { outcome: 'unreadable', why: 'Neither X-Event-Key nor the body says what happened.' };
  }
  if (event === PING) return { outcome: 'ping', why: 'The server asks whether the hook works: it does.' };
  if (event === 'repo:refs_changed' || event === 'mirror:repo_synchronized') {
    const refs = listAt(payload, 'changes').flatMap(changeOf);
    return { outcome: 'push', repository: repositoryOf(payload), refs, why: null };
  }
  return { outcome: 'ignored', why: `The event "${plain(event)}" changes no branch and no tag.` };
}

function changeOf(change: unknown): RefChange[] {
  const ref = textAt(change, 'ref', 'id') ?? textAt(change, 'refId');
  if (ref === undefined) return [];
  const type = field(change, 'type');
  const deleted = type === 'DELETE' || isDeletion(field(change, 'fromHash'), field(change, 'toHash'));
  return [{ ref, deleted }];
}

function repositoryOf(payload: Fields): NamedRepository {
  const repository = field(payload, 'repository');
  const [project, slug] = [textAt(repository, 'project', 'key'), textAt(repository, 'slug')];
  return {
    names: distinct([project && slug && `${project}/${slug}`, slug]),
    cloneUrls: distinct(listAt(repository, 'links', 'clone').map((link) => textAt(link, 'href'))),
  };
}
