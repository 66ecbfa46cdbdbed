/**
 * GitHub and GitHub Enterprise Server.
 *
 * Sends: `X-GitHub-Event`, `X-GitHub-Delivery` (kept by a manual redelivery), JSON or a form with the field `payload`. Pushes of branches and
 * tags, also their creation and deletion, are `push`; `create` and `delete` come beside it if they are chosen. A new hook begins with `ping`,
 * an organization's without `repository`.
 * Signs: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 over the body as sent, also over a form's text. `X-Hub-Signature` is SHA-1 and not
 * looked at.
 * Loses: pushes of more than three tags or 5,000 branches, bodies over 25 MB. Never tries again by itself; waits 10 s (Server: 30 s).
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
import type { Server } from './delivery.ts';
import { readGitHubShape } from './github-shape.ts';
import { filledHeader } from './headers.ts';
import { verifyHmac } from './secrets.ts';

export const github: Server = {
  title: 'GitHub',
  verify: (delivery) => verifyHmac(delivery, { name: 'X-Hub-Signature-256', prefix: 'sha256=' }, delivery.body),
  deliveryId: (delivery) => filledHeader(delivery, 'x-github-delivery'),
  read: (payload, delivery) => readGitHubShape(filledHeader(delivery, 'x-github-event'), payload, 'X-GitHub-Event'),
};
