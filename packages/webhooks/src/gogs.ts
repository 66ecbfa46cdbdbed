/**
 * Gogs.
 *
 * Sends: `X-Gogs-Event`, `X-Gogs-Delivery` (kept by a redelivery), JSON or a form with the field `payload`; `X-GitHub-Event` too. A new tag is sent as
 * `create` alone and a deletion by `delete` alone, both with the short name: a hook for pushes only never hears of them. The test button sends
 * `push` with before = after.
 * Signs: `X-Gogs-Signature: <hex>`, HMAC-SHA256 over the JSON, also where it stands in a form; empty without a secret.
 * Loses: whatever is not answered in 15 s; never tries again.
 * https://github.com/gogs/gogs: internal/database/webhook.go, internal/database/actions.go
 */
import type { Server } from './delivery.ts';
import { verifyJsonSignature } from './form-signed.ts';
import { readGitHubShape } from './github-shape.ts';
import { filledHeader } from './headers.ts';

export const gogs: Server = {
  title: 'Gogs',
  verify: (delivery) => verifyJsonSignature(delivery, { name: 'X-Gogs-Signature', prefix: '' }),
  deliveryId: (delivery) => filledHeader(delivery, 'x-gogs-delivery'),
  read: (payload, delivery) => readGitHubShape(filledHeader(delivery, 'x-gogs-event'), payload, 'X-Gogs-Event'),
};
