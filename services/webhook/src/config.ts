/**
 * The webhook's environment. Two doors: `POST /requests` for clients that have the key or a token, and `POST /hooks/<source>` for git servers.
 *
 * `API_KEY_SHA256`: empty where there is no key; then nobody gets in by one.
 * `OAUTH`, JSON, or `null`: whose bearer tokens are taken at `/requests`, from an API destination with OAuth client credentials:
 *   {"issuer": "https://id.example.com/", "audience": "hourglass", "jwksUrl": "https://id.example.com/.well-known/jwks.json"}
 *   The function reads `jwksUrl` itself, outside the VPC.
 * `WEBHOOKS`, JSON, by source; the name stands in the address and may be lower-case letters, digits and hyphens:
 *   {"gitlab-main": {"server": "gitlab", "parameter": "/hourglass/main/webhooks/gitlab-main", "hosts": ["git.example.com", "10.0.0.7:8443"]}}
 *   - `server`: one of packages/webhooks' `serverNames`.
 *   - `parameter`: the SSM parameter (SecureString) that holds the secret; two secrets, one a line, while one gives way to the other. The
 *     function's role needs `ssm:GetParameter` on it (and `kms:Decrypt`, if its key is not `alias/aws/ssm`).
 *   - `hosts`, if given: under which names (`host` or `host:port`) this server stands in `REPOSITORY_SOURCES`. Then a payload's own idea of the
 *     server's name does not matter, and only repositories of these hosts may be triggered by this source.
 * `REPOSITORY_SOURCES`, JSON: the configured source address of each repository, by its name:
 *   {"app": "https://git.example.com/team/app.git"}
 *   A payload is matched with these, and its mirror takes the address from here, never from the payload.
 * `{}` in both: there are no sources, and every `/hooks/…` gets 404.
 */
import { admissionEnv, json, text } from '@hourglass/shared';
import { serverNames } from '@hourglass/webhooks';
import * as z from 'zod';

const source = z.strictObject({
  server: z.enum(serverNames),
  parameter: z.string().min(1),
  hosts: z.array(z.string().min(1)).min(1).optional(),
});

export type WebhookSource = z.output<typeof source>;

export const webhookEnv = z.object({
  ...admissionEnv,
  BUS_NAME: text,
  /** The key itself is nowhere in the deployment: only its SHA-256, in hexadecimal. */
  API_KEY_SHA256: z.string().regex(/^([0-9a-f]{64})?$/i, 'must be a SHA-256 in hexadecimal, or empty'),
  OAUTH: json(z.strictObject({ issuer: text, audience: text, jwksUrl: z.url({ protocol: /^https?$/ }) }).nullable()),
  WEBHOOKS: json(z.record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/), source)),
  REPOSITORY_SOURCES: json(z.record(z.string(), z.string())),
});

export type WebhookEnv = z.input<typeof webhookEnv>;
export type WebhookConfig = z.output<typeof webhookEnv>;
