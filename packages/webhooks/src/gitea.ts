/**
 * Gitea.
 *
 * Sends: `X-Gitea-Event`, `X-Gitea-Delivery` (another one when it is replayed), JSON or a form with the field `payload`; Gogs' and GitHub's headers too.
 * A branch's deletion is sent as `delete` alone, with the short name; a tag's by `push` and `delete`; a creation by `create` and `push`. The
 * test button sends `push` with before = after, which may be zeros.
 * Signs: `X-Gitea-Signature: <hex>`, HMAC-SHA256 over the JSON, also where it stands in a form; empty without a secret. Of its other signatures
 * none is looked at.
 * Loses: whatever is not answered in 5 s; never tries again. Ids in SHA-256 repositories have 64 digits.
 * https://github.com/go-gitea/gitea: services/webhook/deliver.go, services/webhook/notifier.go
 */
import type { Server } from './delivery.ts';
import { verifyJsonSignature } from './form-signed.ts';
import { readGitHubShape } from './github-shape.ts';
import { filledHeader } from './headers.ts';

export const gitea: Server = {
  title: 'Gitea',
  verify: (delivery) => verifyJsonSignature(delivery, { name: 'X-Gitea-Signature', prefix: '' }),
  deliveryId: (delivery) => filledHeader(delivery, 'x-gitea-delivery'),
  read: (payload, delivery) => readGitHubShape(filledHeader(delivery, 'x-gitea-event'), payload, 'X-Gitea-Event'),
};
