/**
 * The configuration of a deployment: its schema, its defaults, and errors that name the key and say what would be right.
 * Everything a user's network already has comes in here; nothing is looked up, so that synth needs no account.
 */
import { repositoryName } from '@hourglass/shared/requests';
import { z } from 'zod';
import { answers } from './config-answers.ts';
import { clients } from './config-clients.ts';
import {
  cidr,
  count,
  endpointService,
  endpointSubnets,
  fitsFargate,
  gatewayEndpoint,
  id,
  listOf,
  namedCommand,
  seconds,
} from './config-fields.ts';
import { carrier, repositories, unfoldRepositories } from './config-repositories.ts';
import { refuseContradictions } from './config-rules.ts';
import { sources } from './config-sources.ts';
import { tags } from './config-tags.ts';
import { oauth, webhooks } from './config-webhooks.ts';
import { describeIssue, nameKnownKeys, type PropNames } from './describe-issue.ts';
import { maxDeploymentNameLength } from './names.ts';

/** Checks what `configuration.ts` declares. */
export const configSchema = z
  .strictObject({
    deployment: z
      .string()
      .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, beginning with a letter')
      .max(maxDeploymentNameLength, `must be at most ${maxDeploymentNameLength} characters`),
    vpcId: id('vpc', 'vpc-0123456789abcdef0'),
    vpcCidrs: listOf(cidr, 1),
    taskSubnets: listOf(id('subnet', 'subnet-0123456789abcdef0'), 1),
    endpointSubnets: endpointSubnets.optional(),
    routeTables: listOf(id('rtb', 'rtb-0123456789abcdef0'), 0).default([]),
    gatewayEndpoints: z
      .strictObject({ s3: gatewayEndpoint.default('create'), dynamodb: gatewayEndpoint.default('create') })
      .prefault({}),
    prefixLists: z.strictObject({ s3: id('pl', 'pl-61a54008'), dynamodb: id('pl', 'pl-78a54011') }),
    existingEndpoints: listOf(endpointService, 0).default([]),
    sources,
    destinationPrefix: z
      .string()
      .regex(
        /^(codecommit::[a-z0-9-]+:\/\/|https?:\/\/\S+\/)$/,
        'must be codecommit::<region>:// or an http(s) URL that ends in /',
      )
      .optional(),
    repositories: repositories.optional(),
    carrier: carrier.default('fargate'),
    destinations: z.record(repositoryName, repositoryName).default({}),
    commands: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'command names are lower-case letters, digits and hyphens'),
        namedCommand,
      )
      .default({}),
    image: z.union(
      [
        z.strictObject({ build: z.literal(true) }),
        z.strictObject({
          uri: z
            .string()
            .regex(
              /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/[a-z0-9._/-]+[:@][A-Za-z0-9._:-]+$/,
              'must be an image in ECR: <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>',
            ),
        }),
      ],
      'must be { build: true } or { uri: "<an image in ECR>" }; a sealed subnet pulls from ECR only',
    ),
    apiKeySha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits: printf %s "$KEY" | sha256sum')
      .optional(),
    webhooks: webhooks.default({}),
    webhook: z
      .strictObject({
        requestsPerSecond: count(1, 1_000).default(10),
        burst: count(1, 1_000).default(20),
        oauth: oauth.optional(),
      })
      .prefault({}),
    answers,
    clients: clients.default([]),
    billing: z.enum(['anchored', 'clock', 'unknown'], 'must be anchored, clock or unknown').default('unknown'),
    teardownLeadSeconds: seconds(60, 1_800).default(420),
    createSeconds: seconds(30, 1_800).default(180),
    maxDelaySeconds: seconds(0, 86_400).default(600),
    repositoryDelaySeconds: z.record(repositoryName, seconds(0, 86_400)).default({}),
    maxParallelTasks: count(1, 100).default(10),
    maxRepositoriesPerTask: count(1, 24).default(20),
    taskTimeLimitSeconds: seconds(60, 12 * 3_600).default(3_600),
    maxAttempts: count(1, 10).default(3),
    retryWithinSeconds: seconds(60, 86_400).default(21_600),
    maxCreateFailures: count(1, 20).default(5),
    task: z
      .strictObject({
        cpu: z
          .union(
            [z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)],
            'must be 256, 512, 1024, 2048 or 4096',
          )
          .default(256),
        memoryMiB: count(512, 30_720).default(1_024),
        ephemeralStorageGiB: count(21, 200).default(21),
      })
      .prefault({})
      .refine(
        ({ cpu, memoryMiB }) => fitsFargate(cpu, memoryMiB),
        'must be a cpu and memoryMiB that Fargate offers together, such as 256 with 512, 1024 or 2048',
      ),
    tags: tags.default({}),
    alarmEmail: z.email('must be an e-mail address').optional(),
    metrics: z.boolean('must be true or false').default(false),
    dashboard: z.boolean('must be true or false').default(false),
    schemas: z.boolean('must be true or false').default(false),
    logRetentionDays: z
      .union(
        [1, 3, 5, 7, 14, 30, 60, 90, 180, 365].map((days) => z.literal(days)),
        'must be 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365',
      )
      .default(30),
  })
  .refine(
    (config) =>
      config.routeTables.length > 0 || Object.values(config.gatewayEndpoints).every((kind) => kind === 'existing'),
    {
      path: ['routeTables'],
      message: "must name the task subnets' route tables, since a gateway endpoint is to be created",
    },
  )
  .superRefine(refuseContradictions)
  .transform((config) => ({
    ...config,
    ...unfoldRepositories(config),
    endpointSubnets:
      config.endpointSubnets ?? config.taskSubnets.slice(0, 1).map((subnet) => ({ subnet, zone: undefined })),
  }));

import { ConfigurationInvalid } from './configuration-invalid.ts';

export type { HourglassConfigInput } from './configuration.ts';
export { ConfigurationInvalid } from './configuration-invalid.ts';

/** A complete, valid configuration. */
export type HourglassConfig = z.output<typeof configSchema>;

/**
 * Checks `input` and fills in the defaults. Throws {@link ConfigurationInvalid} naming every key at fault.
 * @param props where the input comes from a construct: how its author knows the keys
 */
export function parseConfig(input: unknown, props?: PropNames): HourglassConfig {
  const parsed = configSchema.safeParse(input, { error: nameKnownKeys });
  if (parsed.success) return parsed.data;
  throw new ConfigurationInvalid(parsed.error.issues.flatMap((issue) => describeIssue(issue, input, props)).join('\n'));
}
