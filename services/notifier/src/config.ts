/**
 * The notifier's environment.
 *
 * `TOPIC_ARN`: the SNS topic that gets one message when a repository begins to fail and one when it is mirrored again; empty: none.
 * `COMMIT_STATUS`, JSON, by host as it stands in the source addresses (`host` or `host:port`):
 *   {"git.example.com": {"server": "gitlab", "parameter": "/hourglass/main/status/gitlab", "api": "https://git.example.com/api/v4"}}
 * `REPOSITORY_SOURCES`, JSON: the configured source address of each repository, by its name.
 */
import { json, text } from '@hourglass/shared';
import * as z from 'zod';
import { statusServers } from './status-request.ts';

const host = z.strictObject({
  server: z.enum(statusServers),
  parameter: text,
  api: z.url({ protocol: /^https?$/ }),
});

export const notifierEnv = z.object({
  LEASE_ID: text,
  TABLE_NAME: text,
  TOPIC_ARN: z.string(),
  COMMIT_STATUS: json(z.record(z.string(), host)),
  REPOSITORY_SOURCES: json(z.record(z.string(), z.string())),
});

export type NotifierEnv = z.input<typeof notifierEnv>;
export type NotifierConfig = z.output<typeof notifierEnv>;
