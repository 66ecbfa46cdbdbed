/**
 * Anything else that can post JSON: a `post-receive` script, a CI job, a server without a file here.
 *
 * Sends: `{"repository": "team/app"}`, or its address as `"cloneUrl"`, or both; more if it likes:
 *   `"ref": "refs/heads/main"`, `"deleted": true`, or `"refs": ["refs/heads/main", {"ref": "refs/tags/v1", "deleted": true}]`,
 *   `"id"`: the same when it is sent again, `"event": "ping"` for a trial.
 * `repository` may be an object with `name`, `full_name`, `url`, `clone_url`, `ssh_url`, as most servers have it, and `sourceUrl` is `cloneUrl`.
 * Signs in one of these ways, the first whose header is there deciding: a secret `whsec_…` as Standard Webhooks do; `X-Hub-Signature-256: sha256=<hex>`,
 * HMAC-SHA256 over the body; the secret itself as `Authorization: Bearer …`, as `X-Api-Key`, or in the address.
 */
import { addressToken } from './address-token.ts';
import { verifyBasic } from './basic.ts';
import type { Delivery, NamedRepository, Reading, RefChange, Server, Verdict } from './delivery.ts';
import { distinct, type Fields, field, isFields, listAt, textAt } from './fields.ts';
import { plain } from './github-shape.ts';
import { filledHeader, header } from './headers.ts';
import { isDeletion } from './refs.ts';
import { verifyHmac, verifyToken } from './secrets.ts';
import { verifySignatureOr } from './standard-webhooks.ts';

export const generic: Server = {
  title: 'the sender',
  verify: (delivery) => verifySignatureOr(delivery, verifyPlain),
  deliveryId: (delivery, payload) =>
    textAt(payload, 'id') ??
    textAt(payload, 'requestId') ??
    filledHeader(delivery, 'webhook-id') ??
    filledHeader(delivery, 'idempotency-key'),
  read,
};

function verifyPlain(delivery: Delivery): Verdict {
  if (header(delivery, 'x-hub-signature-256') !== undefined) {
    return verifyHmac(delivery, { name: 'X-Hub-Signature-256', prefix: 'sha256=' }, delivery.body);
  }
  const authorization = header(delivery, 'authorization');
  if (authorization?.startsWith('Basic ')) return verifyBasic(delivery);
  if (authorization !== undefined) {
    return verifyToken(authorization.replace(/^Bearer /, ''), delivery.secrets, 'the header Authorization');
  }
  const apiKey = header(delivery, 'x-api-key');
  if (apiKey !== undefined) return verifyToken(apiKey, delivery.secrets, 'the header X-Api-Key');
  const where = 'X-Hub-Signature-256, Authorization, X-Api-Key and the address';
  return verifyToken(addressToken(delivery), delivery.secrets, where);
}

function read(payload: Fields): Reading {
  const event = textAt(payload, 'event') ?? 'push';
  if (event === 'ping') return { outcome: 'ping', why: 'The sender asks whether the hook works: it does.' };
  if (event !== 'push') {
    return { outcome: 'ignored', why: `The event "${plain(event)}" is neither a push nor a ping.` };
  }
  const repository = repositoryOf(payload);
  if (repository.names.length + repository.cloneUrls.length === 0) {
    return { outcome: 'unreadable', why: 'The body must name its "repository", or give its address as "cloneUrl".' };
  }
  const refs = [payload, ...listAt(payload, 'refs')].flatMap(changeOf);
  return { outcome: 'push', repository, refs, why: null };
}

function changeOf(change: unknown): RefChange[] {
  const ref = typeof change === 'string' ? change : textAt(change, 'ref');
  if (ref === undefined || ref === '') return [];
  const deleted = field(change, 'deleted') === true || isDeletion(field(change, 'before'), field(change, 'after'));
  return [{ ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`, deleted }];
}

function repositoryOf(payload: Fields): NamedRepository {
  const repository = field(payload, 'repository');
  const details = isFields(repository) ? repository : {};
  const urls = ['cloneUrl', 'clone_url', 'sshUrl', 'ssh_url', 'sourceUrl', 'url'];
  return {
    names: distinct([textAt(payload, 'repository'), textAt(details, 'full_name'), textAt(details, 'name')]),
    cloneUrls: distinct([payload, details].flatMap((fields) => urls.map((url) => textAt(fields, url)))),
  };
}
