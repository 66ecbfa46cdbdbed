/**
 * Forgejo.
 *
 * Sends what Gitea sends, and the same once more under names of its own: `X-Forgejo-Event`, `X-Forgejo-Delivery`. A hook of its type "Forgejo" gives
 * the full ref in `create` and `delete`, one of its type "Gitea" the short one.
 * Signs: `X-Forgejo-Signature: <hex>`, HMAC-SHA256 over the JSON, also where it stands in a form; empty without a secret. The first versions have only
 * Gitea's headers: these are configured as `gitea`.
 * https://codeberg.org/forgejo/forgejo: services/webhook/shared/payloader.go, services/webhook/gitea.go
 */
import type { Delivery, Server } from './delivery.ts';
import { verifyJsonSignature } from './form-signed.ts';
import { readGitHubShape } from './github-shape.ts';
import { filledHeader } from './headers.ts';

export const forgejo: Server = {
  title: 'Forgejo',
  verify: (delivery) => verifyJsonSignature(delivery, { name: 'X-Forgejo-Signature', prefix: '' }),
  deliveryId: (delivery) => filledHeader(delivery, 'x-forgejo-delivery') ?? filledHeader(delivery, 'x-gitea-delivery'),
  read: (payload, delivery) => readGitHubShape(eventOf(delivery), payload, 'X-Forgejo-Event'),
};

function eventOf(delivery: Delivery): string | undefined {
  return filledHeader(delivery, 'x-forgejo-event') ?? filledHeader(delivery, 'x-gitea-event');
}
