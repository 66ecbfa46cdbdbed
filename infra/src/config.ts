/**
 * The configuration of a deployment: its schema, its defaults, and errors that name the key and say what would be right.
 * Everything a user's network already has comes in here; nothing is looked up, so that synth needs no account.
 */
import { repositoryName } from '@hourglass/shared/requests';
import { z } from 'zod';
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
import { refuseContradictions } from './config-rules.ts';
import { sources } from './config-sources.ts';
import { describeIssue, nameKnownKeys } from './describe-issue.ts';
import { maxDeploymentNameLength } from './names.ts';

/**
 * Room that the named repositories' ARNs may take of the 10,240 characters which IAM allows for all inline policies of a role:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const maxRepositoryArnChars = 8_000;
const arnCharsBeforeName = 60;

/** What `hourglass.config.ts` exports. */
export const configSchema = z
  .strictObject({
    /** Name of this deployment and of its lease; part of every resource's name. At most 24 lower-case letters, digits and hyphens. */
    deployment: z
      .string()
      .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, beginning with a letter')
      .max(maxDeploymentNameLength, `must be at most ${maxDeploymentNameLength} characters`),
    /** The VPC that the tasks and the endpoints are in. */
    vpcId: id('vpc', 'vpc-0123456789abcdef0'),
    /** The VPC's ranges: who may use the endpoints while they are open (private DNS is VPC-wide). */
    vpcCidrs: listOf(cidr, 1),
    /** Where tasks run: private subnets, no NAT needed. */
    taskSubnets: listOf(id('subnet', 'subnet-0123456789abcdef0'), 1),
    /**
     * Where the interface endpoints stand: one subnet per Zone; each Zone costs every endpoint's hourly price again. Default: the first of
     * the task subnets, so one Zone; tasks in other Zones reach it across, for the price of that traffic.
     */
    endpointSubnets: endpointSubnets.optional(),
    /** Route tables of the task subnets, which created gateway endpoints join. Associations are never touched. */
    routeTables: listOf(id('rtb', 'rtb-0123456789abcdef0'), 0).default([]),
    /** The free gateway endpoints, `s3` and `dynamodb`: each `create`, or `existing` if the VPC has it in these route tables already. */
    gatewayEndpoints: z.strictObject({ s3: gatewayEndpoint, dynamodb: gatewayEndpoint }),
    /** Ids of AWS's own prefix lists in this Region: `aws ec2 describe-managed-prefix-lists`. */
    prefixLists: z.strictObject({ s3: id('pl', 'pl-61a54008'), dynamodb: id('pl', 'pl-78a54011') }),
    /**
     * Interface endpoints with private DNS that the VPC has anyway; a second one would be refused, and paid. Their own security groups must admit the
     * tasks by HTTPS, and the tasks' group then lets them to the whole VPC by HTTPS.
     */
    existingEndpoints: listOf(endpointService, 0).default([]),
    /**
     * The on-premises git servers: `hosts` (what a request may name), `cidrs` and `ports` (what a task may reach; 443, if left out), and `networks`: of
     * a host, its `address`, `caBundle`, `knownHosts` and `credentials`, each only where the VPC and the image do not know it.
     */
    sources,
    /** What stands before the repository's name in a mirror's destination. Default `codecommit::<region>://`. */
    destinationPrefix: z
      .string()
      .regex(
        /^(codecommit::[a-z0-9-]+:\/\/|https?:\/\/\S+\/)$/,
        'must be codecommit::<region>:// or an http(s) URL that ends in /',
      )
      .optional(),
    /** What a `MirrorRequested` may name, and a task's role may push to. Default: every repository of the account. */
    repositories: listOf(repositoryName, 1)
      .refine(
        (names) => names.join('').length + names.length * arnCharsBeforeName <= maxRepositoryArnChars,
        "must be fewer: their ARNs would outgrow a role's policies; leave `repositories` out to allow every one of the account",
      )
      .optional(),
    /** Repositories whose mirror in CodeCommit has another name: asked-for name to CodeCommit's. */
    destinations: z.record(repositoryName, repositoryName).default({}),
    /**
     * What a `TaskRequested` may name: of each its `command`, word by word, the interface `endpoints` that it needs beyond those of every task, and the
     * `policy` that the task role gets for it.
     */
    commands: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'command names are lower-case letters, digits and hyphens'),
        namedCommand,
      )
      .default({}),
    /** The task image: `{ build: true }`, built from `docker/` at deploy, or `{ uri }`, one of yours in ECR. */
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
    /** SHA-256, in hex, of the webhook's API key. The key itself is nowhere in AWS. */
    apiKeySha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits: printf %s "$KEY" | sha256sum'),
    /** How much the webhook takes, before it answers 429. */
    webhook: z
      .strictObject({ requestsPerSecond: count(1, 1_000).default(10), burst: count(1, 1_000).default(20) })
      .prefault({}),
    /** How AWS counts an endpoint's hours: `anchored`, from its creation, or by the `clock`; `unknown` does well under both. */
    billing: z.enum(['anchored', 'clock', 'unknown'], 'must be anchored, clock or unknown').default('unknown'),
    /** How long before the paid hour's end the teardown starts, 60 to 1800. */
    teardownLeadSeconds: seconds(60, 1_800).default(420),
    /** How long the endpoints usually take to be created, 30 to 1800. */
    createSeconds: seconds(30, 1_800).default(180),
    /**
     * How long a request may wait, if it does not say so itself; 0 to 86400. It waits only where that saves an hour; ten minutes buy most of what
     * waiting can buy (packages/cost/README.md).
     */
    maxDelaySeconds: seconds(0, 86_400).default(600),
    /** The same for the mirrors of single repositories. */
    repositoryDelaySeconds: z.record(repositoryName, seconds(0, 86_400)).default({}),
    /** Fargate tasks at once, at most; 1 to 100: this many times `task.cpu` must fit into the account's Fargate vCPU quota. */
    maxParallelTasks: count(1, 100).default(10),
    /** Repositories that share one Fargate task, at most, when more wait than tasks may run; 1 to 24. 1: each has a task of its own. */
    maxRepositoriesPerTask: count(1, 24).default(20),
    /**
     * How long one repository or command may take before it is stopped, which counts as a failure; 60 to 43200. A task that several share begins none past
     * it, and so may run twice as long.
     */
    taskTimeLimitSeconds: seconds(60, 12 * 3_600).default(3_600),
    /** How often a request is tried, all in all, before it goes to `failed-mirrors`; 1 to 10. */
    maxAttempts: count(1, 10).default(3),
    /** A failed task may wait this long for a lease that is open anyway; 60 to 86400. */
    retryWithinSeconds: seconds(60, 86_400).default(21_600),
    /** Creations of the endpoints that may fail in a row before the pending work is given up; 1 to 20. */
    maxCreateFailures: count(1, 20).default(5),
    /** What one Fargate task has: a `cpu` and `memoryMiB` that Fargate offers together, and a disk of 21 to 200 GiB. */
    task: z
      .strictObject({
        cpu: z
          .union(
            [z.literal(256), z.literal(512), z.literal(1024), z.literal(2048), z.literal(4096)],
            'must be 256, 512, 1024, 2048 or 4096',
          )
          .default(256),
        memoryMiB: count(512, 30_720).default(1_024),
        /** Size of the task's own disk, of which /tmp is the only writable part. */
        ephemeralStorageGiB: count(21, 200).default(21),
      })
      .prefault({})
      .refine(
        ({ cpu, memoryMiB }) => fitsFargate(cpu, memoryMiB),
        'must be a cpu and memoryMiB that Fargate offers together, such as 256 with 512, 1024 or 2048',
      ),
    /** Who is told by e-mail when an alarm goes off, once the address has confirmed AWS's first mail. Default: nobody; the alarms are in CloudWatch all the same. */
    alarmEmail: z.email('must be an e-mail address').optional(),
    /** How long CloudWatch keeps all logs: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365. */
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
    endpointSubnets:
      config.endpointSubnets ?? config.taskSubnets.slice(0, 1).map((subnet) => ({ subnet, zone: undefined })),
  }));

/** What a user writes: defaults may be left out. */
export type HourglassConfigInput = z.input<typeof configSchema>;

/** A complete, valid configuration. */
export type HourglassConfig = z.output<typeof configSchema>;

/** The configuration cannot be used; its message is for people, one line per fault. */
export class ConfigurationInvalid extends Error {
  override readonly name = 'ConfigurationInvalid';
}

/** Checks `input` and fills in the defaults. Throws {@link ConfigurationInvalid} naming every key at fault. */
export function parseConfig(input: unknown): HourglassConfig {
  const parsed = configSchema.safeParse(input, { error: nameKnownKeys });
  if (parsed.success) return parsed.data;
  throw new ConfigurationInvalid(parsed.error.issues.flatMap((issue) => describeIssue(issue, input)).join('\n'));
}
