/**
 * The configuration of a deployment as a user writes it: the keys of `hourglass.config.ts`. The comments are what `configuration.md` and an
 * editor show; `config.ts` checks the values, and its types are held to these.
 */

/** What `hourglass.config.ts` exports. */
export interface HourglassConfigInput {
  /** Name of this deployment and of its lease; part of every resource's name. At most 24 lower-case letters, digits and hyphens. */
  readonly deployment: string;
  /** The VPC that the tasks and the endpoints are in. */
  readonly vpcId: string;
  /** The VPC's ranges: who may use the endpoints while they are open (private DNS is VPC-wide). */
  readonly vpcCidrs: readonly string[];
  /** Where tasks run: private subnets, no NAT needed. */
  readonly taskSubnets: readonly string[];
  /**
   * Where the interface endpoints stand: one subnet per Zone; each Zone costs every endpoint's hourly price again. Default: the first of
   * the task subnets, so one Zone; tasks in other Zones reach it across, for the price of that traffic.
   */
  readonly endpointSubnets?: readonly EndpointSubnet[] | undefined;
  /** Route tables of the task subnets, which created gateway endpoints join. Associations are never touched. */
  readonly routeTables?: readonly string[] | undefined;
  /** The free gateway endpoints, `s3` and `dynamodb`: each `create`, or `existing` if the VPC has it in these route tables already. */
  readonly gatewayEndpoints?: GatewayEndpoints | undefined;
  /** Ids of AWS's own prefix lists in this Region: `aws ec2 describe-managed-prefix-lists`. */
  readonly prefixLists: { readonly s3: string; readonly dynamodb: string };
  /**
   * Interface endpoints with private DNS that the VPC has anyway; a second one would be refused, and paid. Their own security groups must admit the
   * tasks by HTTPS, and the tasks' group then lets them to the whole VPC by HTTPS.
   */
  readonly existingEndpoints?: readonly string[] | undefined;
  /**
   * The on-premises git servers: `hosts` (what a request may name), `cidrs` and `ports` (what a task may reach; 443, if left out), and `networks`: of
   * a host, its `address`, `caBundle`, `knownHosts` and `credentials`, each only where the VPC and the image do not know it.
   */
  readonly sources: SourcesInput;
  /** What stands before the repository's name in a mirror's destination. Default `codecommit::<region>://`. */
  readonly destinationPrefix?: string | undefined;
  /**
   * What may be mirrored, by the name that requests use, which is CodeCommit's name too: letters, digits, `.`, `_` and `-`. A `group/app` of your
   * server takes such a name: `{ 'group-app': { source: 'https://git.example.com/group/app.git' } }`. Of each, its `source` (where it is on premises),
   * `destination` (CodeCommit's name, where that is another) and `maxDelay` (how long its mirror may wait: `15m`, `2h`), `schedule` (when it is mirrored without being asked for) and `refs`. A list of names does too. A
   * task's role may push to these only. Default: every repository of the account.
   */
  readonly repositories?: readonly string[] | Readonly<Record<string, RepositoryInput>> | undefined;
  /**
   * What carries a mirror, unless its repository says otherwise: `fargate`, a task in an hour of paid endpoints, or `direct`, two functions with S3
   * between them, which need no endpoint. Commands run on Fargate in any case, and so does what `direct` cannot carry: an ssh source, a very large pack.
   */
  readonly carrier?: Carrier | undefined;
  /** Repositories whose mirror in CodeCommit has another name: asked-for name to CodeCommit's. The same as `destination` of `repositories`. */
  readonly destinations?: Readonly<Record<string, string>> | undefined;
  /**
   * What a `TaskRequested` may name: of each its `command`, word by word, the interface `endpoints` that it needs beyond those of every task, and the
   * `policy` that the task role gets for it.
   */
  readonly commands?: Readonly<Record<string, CommandInput>> | undefined;
  /** The task image: `{ build: true }`, built from `docker/` at deploy, or `{ uri }`, one of yours in ECR. */
  readonly image: { readonly build: true } | { readonly uri: string };
  /** SHA-256, in hex, of the webhook's API key. The key itself is nowhere in AWS. Default: none, and then no client may post requests. */
  readonly apiKeySha256?: string | undefined;
  /**
   * The git servers that may call, by the name in their address `<HooksUrl><name>`: `{ 'gitlab-main': { server: 'gitlab', secret: '/hourglass/main/webhooks/gitlab-main' } }`.
   * `secret` names a SecureString in Parameter Store, with the secret, or two, one a line, while one gives way to the other. `hosts`: under which of
   * `sources.hosts` this server's repositories stand; then the server's own idea of its name does not matter.
   */
  readonly webhooks?: Readonly<Record<string, WebhookSourceInput>> | undefined;
  /** How much the webhook takes in a second, and at once, before it answers 429 (from git servers 200 and 400 at least, since some never send again); and `oauth`: whose bearer tokens it takes from clients, besides the key. */
  readonly webhook?: WebhookInput | undefined;
  /**
   * Who hears what became of requests. `notify`: a mailbox (`{ email }`) or a topic of yours (`{ topicArn }`) hears of a repository's first failure and of its
   * recovery, not of each attempt. `commitStatus`, by host as `sources.hosts` has it: `{ server: 'gitlab', token: '/hourglass/main/status/gitlab' }` has the
   * mirrored commits marked there, with a token from Parameter Store; `api` says where the server's API is, if not at its usual place. `destination`:
   * `TaskSucceeded`, `TaskFailed` and `RequestRejected` are posted to an https `url`, with the key of an EventBridge connection of yours (`connectionArn`).
   */
  readonly answers?: AnswersInput | undefined;
  /**
   * Who of other AWS accounts may put requests on the bus: accounts by number (then whomever that account lets), roles and users by ARN:
   * `['444455556666', 'arn:aws:iam::777788889999:role/git-server']`. They may say the two request events and nothing else, and need the same permission at home.
   */
  readonly clients?: readonly string[] | undefined;
  /** How AWS counts an endpoint's hours: `anchored`, from its creation, or by the `clock`; `unknown` does well under both. */
  readonly billing?: 'anchored' | 'clock' | 'unknown' | undefined;
  /** How long before the paid hour's end the teardown starts, 60 to 1800. */
  readonly teardownLeadSeconds?: number | undefined;
  /** How long the endpoints usually take to be created, 30 to 1800. */
  readonly createSeconds?: number | undefined;
  /**
   * How long a request may wait, if it does not say so itself; 0 to 86400. It waits only where that saves an hour; ten minutes buy most of what
   * waiting can buy (packages/cost/README.md).
   */
  readonly maxDelaySeconds?: number | undefined;
  /** The same for the mirrors of single repositories. The same as `maxDelay` of `repositories`, in seconds. */
  readonly repositoryDelaySeconds?: Readonly<Record<string, number>> | undefined;
  /** Fargate tasks at once, at most; 1 to 100: this many times `task.cpu` must fit into the account's Fargate vCPU quota. */
  readonly maxParallelTasks?: number | undefined;
  /** Repositories that share one Fargate task, at most, when more wait than tasks may run; 1 to 24. 1: each has a task of its own. */
  readonly maxRepositoriesPerTask?: number | undefined;
  /**
   * How long one repository or command may take before it is stopped, which counts as a failure; 60 to 43200. A task that several share begins none past
   * it, and so may run twice as long.
   */
  readonly taskTimeLimitSeconds?: number | undefined;
  /** How often a request is tried, all in all, before it goes to `failed-mirrors`; 1 to 10. What its source answers with 404 is tried once. */
  readonly maxAttempts?: number | undefined;
  /** A failed task may wait this long for a lease that is open anyway; 60 to 86400. */
  readonly retryWithinSeconds?: number | undefined;
  /** Creations of the endpoints that may fail in a row before the pending work is given up; 1 to 20. */
  readonly maxCreateFailures?: number | undefined;
  /** What one Fargate task has: a `cpu` and `memoryMiB` that Fargate offers together, and a disk of 21 to 200 GiB. */
  readonly task?: TaskInput | undefined;
  /**
   * Tags on everything that can have them: the control plane, and what is made while it runs, which are the endpoints and their stack, tasks and
   * repositories: `{ CostCenter: 'platform' }`. Each is given with the call that creates, as organisations demand it that deny creation without.
   */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Who gets an e-mail when an alarm goes off, once the address has confirmed AWS's first mail. Default: nobody; the alarms are in CloudWatch all the same. */
  readonly alarmEmail?: string | undefined;
  /**
   * Metrics of the deployment's own in CloudWatch: paid endpoint-hours, minutes used of them, request to start and to mirrored, outcomes, deliveries by door.
   * A custom metric is 0.30 USD a month, counted by the hours in which it has data; there are 16 at most.
   */
  readonly metrics?: boolean | undefined;
  /** A dashboard in CloudWatch. An account has three free; each further one is 3 USD a month. It is fuller with `metrics`. */
  readonly dashboard?: boolean | undefined;
  /** The events' schemas in an EventBridge schema registry of the deployment's name, which is free. They are in `shared/contracts` in any case. */
  readonly schemas?: boolean | undefined;
  /** How long CloudWatch keeps all logs: 1, 3, 5, 7, 14, 30, 60, 90, 180 or 365. */
  readonly logRetentionDays?: number | undefined;
}

/** What carries a mirror. */
export type Carrier = 'fargate' | 'direct';

/** One repository that may be mirrored. */
export interface RepositoryInput {
  /** Where it is on premises, as git reads it: an https, http or ssh URL, or `user@host:path`, of one of `sources.hosts`, without credentials. */
  readonly source?: string | undefined;
  /** Its name in CodeCommit. Default: the name it has here. */
  readonly destination?: string | undefined;
  /** How long its mirror may wait for its start, where that saves an hour: `90s`, `15m`, `2h`, at most `1d`. Default: the deployment's. */
  readonly maxDelay?: string | undefined;
  /**
   * When it is mirrored without being asked for: `rate(6 hours)`, or `{ expression: 'cron(0 3 * * ? *)', timeZone: 'Asia/Tokyo' }`. Such a mirror waits
   * for an hour that is paid for anyway, as long as `maxDelay` says, or a day. A time that the clocks of the time zone jump over in spring has none that day.
   */
  readonly schedule?: string | { readonly expression: string; readonly timeZone?: string | undefined } | undefined;
  /** What carries its mirrors. Default: the deployment's `carrier`. */
  readonly carrier?: Carrier | undefined;
  /**
   * Which branches and tags are mirrored: `['main', 'release/*', '^release/old-*']`. `*` is the only wildcard, `^` leaves out; what is not
   * selected is left alone on both sides. Default: all of them.
   */
  readonly refs?: readonly string[] | undefined;
}

/** Whether each of the free gateway endpoints is made, or is there. */
export interface GatewayEndpoints {
  readonly s3?: 'create' | 'existing' | undefined;
  readonly dynamodb?: 'create' | 'existing' | undefined;
}

/** A subnet for endpoints, and its Zone, which must be said where there are several. */
export interface EndpointSubnet {
  readonly subnet: string;
  readonly zone?: string | undefined;
}

/** The on-premises git servers. */
export interface SourcesInput {
  /** Names that a request may name, each `host` or `host:port`. */
  readonly hosts: readonly string[];
  /** IPv4 ranges that a task may reach. */
  readonly cidrs: readonly string[];
  /** TCP ports that a task may reach there. Default: 443. */
  readonly ports?: readonly number[] | undefined;
  /** How a task reaches those of the hosts that its VPC knows nothing of, by host as `hosts` has it (with its port, if it has one). */
  readonly networks?: Readonly<Record<string, SourceNetworkInput>> | undefined;
}

/** What the VPC and the image do not know of one git host: at least one of these. */
export interface SourceNetworkInput {
  /** Where the host's name leads, if the VPC cannot resolve it; certificates and host keys are still checked against the name. */
  readonly address?: string | undefined;
  /** PEM certificates to trust instead of the system's. */
  readonly caBundle?: string | undefined;
  /** Lines of a known_hosts file, for ssh. */
  readonly knownHosts?: string | undefined;
  /** An S3 object, or a secret (whose interface endpoint is then paid for): `{"username","password"}`, `{"token"}` or `{"privateKey"}`. */
  readonly credentials?:
    | { readonly bucket: string; readonly key: string; readonly kmsKeyArn?: string | undefined }
    | { readonly secretArn: string; readonly kmsKeyArn?: string | undefined }
    | undefined;
}

/** A command that a request may name. */
export interface CommandInput {
  /** What runs in the container, word by word; never a shell line, never from a request. */
  readonly command: readonly string[];
  /** Interface endpoints the command needs beyond those every task needs; each costs its hourly price while open. */
  readonly endpoints?: readonly string[] | undefined;
  /** What the task role is allowed besides its own work; all tasks share one role. */
  readonly policy?:
    | readonly { readonly actions: readonly string[]; readonly resources: readonly string[] }[]
    | undefined;
}

/** How much the webhook takes. */
export interface WebhookInput {
  readonly requestsPerSecond?: number | undefined;
  readonly burst?: number | undefined;
  /** Tokens of this identity provider are taken at `/requests`: their issuer and audience, and the https URL of its keys (JWKS). */
  readonly oauth?: { readonly issuer: string; readonly audience: string; readonly jwksUrl: string } | undefined;
}

/** Git servers whose deliveries are understood, written out so that the package's types need no other package. */
export type GitServer =
  | 'github'
  | 'gitlab'
  | 'gitea'
  | 'forgejo'
  | 'gogs'
  | 'bitbucket'
  | 'backlog'
  | 'gitbucket'
  | 'azure-devops'
  | 'generic';

/** A git server that may call. */
export interface WebhookSourceInput {
  readonly server: GitServer;
  /** A SecureString in Parameter Store, by its name; with its `kmsKeyArn`, if the key is your own. */
  readonly secret: string | { readonly parameter: string; readonly kmsKeyArn?: string | undefined };
  /** Each `host` or `host:port`, as in `sources.hosts`. */
  readonly hosts?: readonly string[] | undefined;
}

/** Who hears what became of requests. */
export interface AnswersInput {
  readonly notify?: { readonly email: string } | { readonly topicArn: string } | undefined;
  readonly commitStatus?: Readonly<Record<string, CommitStatusInput>> | undefined;
  readonly destination?:
    | { readonly url: string; readonly connectionArn: string; readonly perSecond?: number | undefined }
    | undefined;
}

/** A git server whose commits are marked. The function calls it from outside of the VPC. */
export interface CommitStatusInput {
  readonly server: 'github' | 'gitlab' | 'gitea' | 'forgejo';
  /** A SecureString in Parameter Store that holds the token, by its name; with its `kmsKeyArn`, if the key is your own. */
  readonly token: string | { readonly parameter: string; readonly kmsKeyArn?: string | undefined };
  /** Default: the server's usual place, such as `https://git.example.com/api/v4`. */
  readonly api?: string | undefined;
}

/** What one Fargate task has. */
export interface TaskInput {
  readonly cpu?: 256 | 512 | 1024 | 2048 | 4096 | undefined;
  readonly memoryMiB?: number | undefined;
  /** Size of the task's own disk, of which /tmp is the only writable part. */
  readonly ephemeralStorageGiB?: number | undefined;
}
