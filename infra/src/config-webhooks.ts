/** The git servers that may call, in the configuration: of each its kind and where its secret rests; and whose bearer tokens are taken. */
import { createMatcher, findSharedAddresses, type HookSource, serverNames } from '@hourglass/webhooks';
import { z } from 'zod';
import { listOf } from './config-fields.ts';
import type { Repositories } from './config-repositories.ts';
import { kmsKeyArn } from './config-sources.ts';
import type { GitServer } from './configuration.ts';

/**
 * A name of Parameter Store, always as a path: so that a secret that was put here by mistake is not taken for a name.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
 */
const parameterName = z
  .string()
  .regex(
    /^\/(?!aws\/|ssm\/)[\w.-]+(\/[\w.-]+){0,14}$/,
    "must be the name of a SecureString in Parameter Store, such as '/hourglass/main/webhooks/gitlab-main'; the secret itself stands nowhere in the configuration",
  )
  .max(900, 'must be the name of a parameter, of at most 900 characters');

/** Where a secret rests. */
export const secret = z.union(
  [
    parameterName.transform((parameter) => ({ parameter, kmsKeyArn: undefined })),
    z.strictObject({ parameter: parameterName, kmsKeyArn: kmsKeyArn.optional() }),
  ],
  "must be the name of a SecureString in Parameter Store, such as '/hourglass/main/webhooks/gitlab-main', or { parameter, kmsKeyArn } if its key is your own",
);

const webhookSource = z.strictObject({
  server: z.enum(serverNames satisfies readonly GitServer[], `must be one of ${serverNames.join(', ')}`),
  secret,
  hosts: listOf(z.string(), 1).optional(),
});

/** By the name that stands in the address. */
export const webhooks = z.record(
  z
    .string()
    .regex(
      /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/,
      'names of webhooks stand in their addresses: lower-case letters, digits and hyphens, at most 64',
    ),
  webhookSource,
);

/** Checked. */
export type Webhooks = z.output<typeof webhooks>;

/** https only: over plain http, whoever stands between could give the function keys of his own. */
export const oauth = z.strictObject({
  issuer: z.string().min(1, "must be the tokens' claim iss"),
  audience: z.string().min(1, "must be the tokens' claim aud"),
  jwksUrl: z.url({ protocol: /^https$/, error: 'must be an https URL, of the keys of the identity provider' }),
});

/** Two repositories that one payload would mean, and sources that could mean none. */
export function refuseUnreachable(
  { webhooks: sources, repositorySources }: { readonly webhooks: Webhooks } & Pick<Repositories, 'repositorySources'>,
  configuredHosts: readonly string[],
  refuse: (path: string[], message: string) => void,
): void {
  for (const [name, { hosts = [] }] of Object.entries(sources)) {
    for (const [index, host] of hosts.entries()) {
      if (configuredHosts.includes(host.toLowerCase())) continue;
      refuse(['webhooks', name, 'hosts', String(index)], `is none of sources.hosts (${configuredHosts.join(', ')})`);
    }
    if (createMatcher(sources[name] as HookSource, repositorySources).repositories.length > 0) continue;
    const where = hosts.length > 0 ? ` at ${hosts.join(', ')}` : '';
    refuse(
      ['webhooks', name],
      `could ask for nothing: give a repository its source${where}, such as repositories: { app: { source: 'https://…/app.git' } }`,
    );
  }
  for (const group of findSharedAddresses(Object.values(sources), repositorySources)) {
    const [first, ...others] = group;
    refuse(
      ['repositories', others.at(-1) ?? '', 'source'],
      `must be another one: ${[first, ...others].join(' and ')} have one source address, so a push could mean either`,
    );
  }
}
